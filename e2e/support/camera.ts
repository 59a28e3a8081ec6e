// What a camera sees, as a file that Chromium takes for one: a QR code in the middle of a grey picture (YUV4MPEG2, 4:2:0).
import type { LaunchOptions } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { encode } from 'uqr';

const [WIDTH, HEIGHT] = [640, 480];
const [DARK, LIGHT, WALL] = [40, 225, 120];

function writePicture(path: string, text: string): void {
  const { data, size } = encode(text, { border: 4, ecc: 'M' });
  const scale = Math.floor(HEIGHT / size);
  const [left, top] = [Math.floor((WIDTH - size * scale) / 2), Math.floor((HEIGHT - size * scale) / 2)];
  const luma = Buffer.alloc(WIDTH * HEIGHT, WALL);
  for (let y = 0; y < size * scale; y += 1) {
    for (let x = 0; x < size * scale; x += 1) {
      const dark = data[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      luma[(top + y) * WIDTH + left + x] = dark ? DARK : LIGHT;
    }
  }
  const colour = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const header = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`;
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, colour]);
  writeFileSync(path, Buffer.concat([Buffer.from(header), frame, frame]));
}

/** A browser with a camera that looks at a QR code of `text`. @param path of a file to be made. */
export function withCamera(options: LaunchOptions, path: string, text: string): LaunchOptions {
  writePicture(path, text);
  const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  return { ...options, args: [...(options.args ?? []), ...camera, `--use-file-for-fake-video-capture=${path}`] };
}
