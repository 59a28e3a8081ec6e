// A microphone that beeps each second.
import type { LaunchOptions } from '@playwright/test';

/** A browser that has one. @param answer to who asks for it. */
export function withMicrophone(options: LaunchOptions, answer: 'allow' | 'deny'): LaunchOptions {
  const ui = `--use-fake-ui-for-media-stream${answer === 'deny' ? '=deny' : ''}`;
  return { ...options, args: [...(options.args ?? []), '--use-fake-device-for-media-stream', ui] };
}
