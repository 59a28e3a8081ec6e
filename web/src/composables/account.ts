import { inject, provide } from 'vue';
import type { InjectionKey } from 'vue';

const key: InjectionKey<() => string> = Symbol('account');

/** For all passphrase fields within: which profile it is, as a password manager tells them apart. */
export function provideAccount(name: () => string): void {
  provide(key, name);
}

/** @returns the profile's name; empty: not known. */
export function useAccount(): () => string {
  return inject(key, () => '');
}
