import { createI18n } from 'vue-i18n';
import { CallError } from '../api/pending.ts';
import { en } from './en.ts';
import { language, locale } from './locale.ts';

type Leaves<T, Path extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Path}${K}` : Leaves<T[K], `${Path}${K}.`>;
}[keyof T & string];

/** Every text there is, by its path. */
export type TextKey = Leaves<typeof en>;

export const i18n = createI18n({ legacy: false, locale: language, fallbackLocale: language, messages: { en } });

// One untyped call inside, so that every use outside is checked against the keys above.
const translate = i18n.global.t as unknown as (key: string, values: Record<string, unknown>, count?: number) => string;

/** The text for `key`, its `{places}` filled. */
export function text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return translate(key, values);
}

/** The form of the text that fits `count`; `{count}` is filled. */
export function textFor(key: TextKey, count: number): string {
  return (i18n.global.t as unknown as (key: string, count: number, options: object) => string)(key, count, {
    named: { count: formatNumber(count) },
  });
}

/** What to tell people about a failed request. */
export function errorText(error: unknown): string {
  return text(`errors.${error instanceof CallError ? error.code : 'internal'}`);
}

const numbers = new Intl.NumberFormat(locale);

export function formatNumber(value: number): string {
  return numbers.format(value);
}
