// A microphone that beeps each second.
import type { LaunchOptions } from '@playwright/test';

/** A browser that has one. Whether a page may hear it is for the context to say. */
export function withMicrophone(options: LaunchOptions): LaunchOptions {
  return { ...options, args: [...(options.args ?? []), '--use-fake-device-for-media-stream'] };
}
