import type { FileProgress, Message } from '../../../../server/contract/model.ts';

/** The same message with its file so far; what is said of the file no more, such as a reason, is left out. */
export function withProgress(message: Message, progress: FileProgress): Message {
  if (message.kind !== 'file') return message;
  const { name, savedAs, size, type, width, height, duration, waveform } = message.file;
  const sides = width !== undefined && height !== undefined && { width, height };
  const sound = { ...(duration !== undefined && { duration }), ...(waveform !== undefined && { waveform }) };
  return { ...message, file: { name, savedAs, size, type, ...sides, ...sound, ...progress } };
}
