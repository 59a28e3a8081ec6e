// Files that the Looms of a test offer each other, as each of them shows them.
import type { FileFacts } from '../contract/files.ts';
import type { Message, MessageRef } from '../contract/messages.ts';
import type { TestLoom } from './test-loom.ts';

export type FileMessage = Message & { readonly kind: 'file' };

export function refOf({ conversation, author, id }: Message): MessageRef {
  return { conversation, author, id };
}

/** With the contact of that name. */
export async function filesWith(loom: TestLoom, name: string): Promise<readonly FileMessage[]> {
  return (await loom.history(name)).filter((message): message is FileMessage => message.kind === 'file');
}

/** The first one. @throws Error: there is none. */
export async function fileWith(loom: TestLoom, name: string): Promise<FileMessage> {
  const [file] = await filesWith(loom, name);
  if (!file) throw new Error('no file is offered');
  return file;
}

/** Whether the first one is in that state, to wait for. */
export function isFileAt(loom: TestLoom, name: string, state: FileFacts['state']): () => Promise<boolean> {
  return async () => (await filesWith(loom, name))[0]?.file.state === state;
}
