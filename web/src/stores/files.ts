// Files on their way from this tab into Loom, and what people decide about those that are offered.
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ConversationId, Message, MessageId, MessageRef } from '../../../server/contract/model.ts';
import { randomHex } from '../api/hex.ts';
import { CallError } from '../api/pending.ts';
import { upload } from '../api/upload.ts';
import { UnreadablePicture, withoutMetadata } from '../domain/file/metadata/without-metadata.ts';
import type { Voice } from '../domain/file/recording.ts';
import { sidesOf } from '../domain/file/chosen-file.ts';
import type { Call } from './conversation-book.ts';
import { useConversations } from './conversations.ts';
import { useLink } from './daemon.ts';
import { useDrafts } from './drafts.ts';

/** One that is to be sent. */
export interface Chosen {
  readonly file: File;
  /** What is said of it; empty: nothing. */
  readonly caption: string;
  /** As it is: a picture with what cameras write beside it. */
  readonly original: boolean;
  /** What was spoken: how long, ms, and how loud, in hex. */
  readonly voice?: Pick<Voice, 'duration' | 'waveform'>;
}

/** One that the daemon does not have yet, or that it refused. */
export interface HandedOver {
  readonly id: MessageId;
  readonly conversation: ConversationId;
  readonly chosen: Chosen;
  readonly sent: number;
  /** Null: it is under way. */
  readonly problem: Problem | null;
}

/** `unreadable`: a picture out of which place and camera cannot be taken. `forgotten`: Loom was closed or locked meanwhile. */
type Problem = Exclude<CallError['code'], 'file-unknown'> | 'unreadable' | 'forgotten';

function problemOf(error: unknown): Problem {
  if (error instanceof UnreadablePicture) return 'unreadable';
  if (!(error instanceof CallError)) return 'internal';
  return error.code === 'file-unknown' ? 'forgotten' : error.code;
}

/** `keep`: accepted, and kept in Loom however large it is. */
type Decision = 'accept' | 'keep' | 'decline' | 'pause' | 'resume' | 'cancel';

/** As the wire takes it: without parameters. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/;

const refOf = ({ conversation, author, id }: MessageRef): MessageRef => ({ conversation, author, id });

function show(message: Message): void {
  const conversations = useConversations();
  conversations.put(message);
  conversations.publish();
}

/** @throws CallError file-missing; UnreadablePicture. */
function stripped(file: File): Promise<File> {
  return withoutMetadata(file).catch((error: unknown) => {
    if (error instanceof UnreadablePicture) throw error;
    throw new CallError('file-missing', 'the file cannot be read');
  });
}

function decided(call: Call, message: MessageRef, decision: Decision): Promise<Message> {
  if (decision === 'keep') return call('file.accept', { ...message, into: 'loom' });
  return call(`file.${decision}`, message);
}

/** Into Loom, and offered. @returns the message. @throws CallError; AbortError when `signal` says so. */
async function handOver(
  call: Call,
  { id, conversation, chosen: { file: chosen, caption, original, voice } }: HandedOver,
  onSent: (sent: number) => void,
  signal: AbortSignal,
): Promise<Message> {
  signal.throwIfAborted();
  const file = original ? chosen : await stripped(chosen);
  signal.throwIfAborted();
  const { name, size } = file;
  const type = MEDIA_TYPE.test(file.type) ? file.type : '';
  const { ticket } = await call('file.begin', { name, size, type, ...voice, ...(await sidesOf(file)) });
  try {
    await upload(ticket, file, onSent, signal);
    signal.throwIfAborted();
    return await call('file.send', { conversation, id, ticket, ...(caption && { caption }) });
  } catch (error) {
    call('file.discard', { ticket }).catch(() => undefined); // Forgotten by itself, a little later.
    throw error;
  }
}

/** What was typed is not lost: it stands in the composer again, before what was typed since. @returns the same file, nothing said of it. */
function giveBack({ conversation, chosen }: HandedOver): Chosen {
  const drafts = useDrafts();
  const words = [chosen.caption, drafts.get(conversation)].filter((each) => each !== '');
  if (chosen.caption !== '') drafts.set(conversation, words.join('\n'));
  return { ...chosen, caption: '' };
}

const isOf = (conversation: ConversationId) => (each: HandedOver) => each.conversation === conversation;

/** Those on their way into Loom, one after the other. */
function handingOver(call: Call) {
  const handedOver = shallowRef<readonly HandedOver[]>([]);
  const running = new Map<MessageId, AbortController>();
  let turn: Promise<void> = Promise.resolve();

  function note(id: MessageId, change: Partial<HandedOver>): void {
    handedOver.value = handedOver.value.map((each) => (each.id === id ? { ...each, ...change } : each));
  }

  /** One after the other, in their order. Each is a message of its own. */
  function send(conversation: ConversationId, files: readonly Chosen[]): void {
    for (const chosen of files) {
      const handed = { id: randomHex(16) as MessageId, conversation, chosen, sent: 0, problem: null };
      handedOver.value = [...handedOver.value, handed];
      queue(handed);
    }
  }

  function queue(handed: HandedOver): void {
    const abort = new AbortController();
    running.set(handed.id, abort);
    turn = turn.then(() => sendOne(handed, abort.signal));
  }

  async function sendOne(handed: HandedOver, signal: AbortSignal): Promise<void> {
    const { id } = handed;
    const onSent = (sent: number): void => note(id, { sent });
    try {
      show(await handOver(call, handed, onSent, signal));
      end(handed);
    } catch (error) {
      if (!signal.aborted) note(id, { problem: problemOf(error), chosen: giveBack(handed) });
    } finally {
      if (running.get(id)?.signal === signal) running.delete(id);
    }
  }

  function end({ id }: HandedOver): void {
    running.get(id)?.abort();
    handedOver.value = handedOver.value.filter((each) => each.id !== id);
  }

  /** One that failed. */
  function again(handed: HandedOver): void {
    note(handed.id, { problem: null, sent: 0 });
    queue(handed);
  }

  /** It is not sent; one that failed is no longer shown. */
  function forget(handed: HandedOver): void {
    end(handed);
    giveBack(handed);
  }

  const drop = (from: ConversationId): void => handedOver.value.filter(isOf(from)).forEach(end);

  const clear = (): void => handedOver.value.forEach(end);

  /** Whether leaving the page would lose one. */
  const isHandingOver = (): boolean => handedOver.value.some(({ problem }) => problem === null);

  return { handedOver, send, again, forget, drop, clear, isHandingOver };
}

export const useFiles = defineStore('files', () => {
  const link = useLink();

  async function decide(message: MessageRef, decision: Decision): Promise<void> {
    show(await decided(link.call, refOf(message), decision));
  }

  /** Where an element finds it. @throws CallError. */
  async function address(message: MessageRef, purpose: 'view' | 'save'): Promise<string> {
    const { ticket } = await link.call('file.ticket', { ...refOf(message), purpose });
    return `/files/out/${ticket}`;
  }

  return { ...handingOver((command, params) => link.call(command, params)), decide, address };
});
