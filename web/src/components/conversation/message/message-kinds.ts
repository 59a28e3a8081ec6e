// What the page makes of a message of each kind: the one place in it that knows them by name.
import type { Component } from 'vue';
import type { MessageContent } from '../../../../../server/contract/model.ts';
import { isolateName } from '../../../domain/names.ts';
import { isEmojiOnly } from '../../../domain/message/text-parts.ts';
import { text } from '../../../text/text.ts';
import ChangeNote from './ChangeNote.vue';
import DeletedBody from './DeletedBody.vue';
import FileBody from '../file/FileBody.vue';
import IntroductionNote from './IntroductionNote.vue';
import TextBody from './TextBody.vue';
import UnknownBody from './UnknownBody.vue';

type Kind = MessageContent['kind'];
type Of<K extends Kind> = Extract<MessageContent, { readonly kind: K }> & { readonly direction: 'in' | 'out' };

interface MessageKind<K extends Kind> {
  /**
   * Draws it. Gets `message`, `author`, `expanded`, `answered` and `answeredAuthor`, has its time and state in its slot, and
   * may emit `toggle` and `goToAnswered`.
   */
  readonly body: Component;
  /** One line of it, for the list of conversations. */
  readonly preview: (message: Of<K>) => string;
  /** Whether it stands large and without a bubble. */
  readonly isBare: (message: Of<K>) => boolean;
  /** It is said by nobody, and stands in the middle. */
  readonly isLine?: true;
}

const kinds: { readonly [K in Kind]: MessageKind<K> } = {
  text: {
    body: TextBody,
    preview: ({ direction, body }) => (direction === 'out' ? text('contact.you', { text: body }) : body),
    isBare: ({ body, reply, forwarded }) => isEmojiOnly(body) && reply === undefined && forwarded === undefined,
  },
  introduction: {
    body: IntroductionNote,
    preview: ({ introduced }) => text('introducing.preview', { name: isolateName(introduced.name) }),
    isBare: () => false,
  },
  file: {
    body: FileBody,
    preview: ({ direction, file, body }) => {
      const isOurs = direction === 'out';
      if (file.waveform !== undefined) return text(isOurs ? 'voice.you' : 'voice.name');
      if (body !== '') return text(isOurs ? 'files.captionedYou' : 'files.captioned', { caption: body });
      return text(isOurs ? 'files.previewYou' : 'files.preview', { name: isolateName(file.name) });
    },
    isBare: () => false,
  },
  change: {
    body: ChangeNote,
    preview: () => text('timer.preview'),
    isBare: () => true,
    isLine: true,
  },
  deleted: {
    body: DeletedBody,
    preview: ({ direction }) => text(direction === 'out' ? 'acts.goneOwn' : 'acts.gone'),
    isBare: () => false,
  },
  unknown: {
    body: UnknownBody,
    preview: () => text('contact.unknownPreview'),
    isBare: () => false,
  },
};

export function kindOf<K extends Kind>({ kind }: { readonly kind: K }): MessageKind<K> {
  return kinds[kind];
}
