import { expect, it } from 'vitest';
import { frameOf, showingOf } from './showing.ts';

const voice = { duration: 1000, waveform: '00ff' };

it.each([
  ['image/png', {}, 'picture'],
  ['image/svg+xml', {}, null],
  ['image/heic', {}, null],
  ['video/mp4', {}, 'video'],
  ['video/mp4', voice, 'video'],
  ['video/quicktime', {}, null],
  ['audio/webm', {}, 'audio'],
  ['audio/webm', { duration: 1000 }, 'audio'],
  ['audio/webm', voice, 'voice'],
  ['audio/midi', voice, null],
  ['text/html', voice, null],
  ['videos/mp4', {}, null],
  ['', {}, null],
] as const)('%s with %j is shown as %s', (type, facts, shown) => {
  expect(showingOf({ type, ...facts }, (each) => !/quicktime|midi/.test(each))).toBe(shown);
});

it.each([
  [{ width: 640, height: 320 }, 'picture', { width: 320, height: 160 }],
  [{ width: 100, height: 50 }, 'picture', { width: 100, height: 50 }],
  [{ width: 1080, height: 1920 }, 'video', { width: 180, height: 320 }],
  [{ width: 65_535, height: 1 }, 'picture', { width: 320, height: 1 }],
  [{}, 'video', { width: 320, height: 180 }],
  [{}, 'picture', null],
  [{ width: 640, height: 320 }, 'audio', null],
  [{ width: 640, height: 320 }, null, null],
] as const)('what measures %j has a place as a %s: %j', (sides, showing, frame) => {
  expect(frameOf(sides, showing)).toEqual(frame);
});
