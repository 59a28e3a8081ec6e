import { computed, shallowRef } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { MenuItem, MenuPlace } from '../../components/base/menu.ts';
import type { About } from '../../domain/message/answering.ts';
import { actionsOf } from '../../domain/message/message-actions.ts';
import type { MessageAction } from '../../domain/message/message-actions.ts';
import type { Shown } from '../../domain/message/outgoing.ts';
import { text } from '../../text/text.ts';

const looks: Readonly<Record<MessageAction, Omit<MenuItem<MessageAction>, 'key' | 'label'>>> = {
  reply: { icon: 'reply' },
  react: { icon: 'smile' },
  edit: { icon: 'edit' },
  forward: { icon: 'forward' },
  copy: { icon: 'copy' },
  details: { icon: 'info' },
  delete: { icon: 'trash', danger: true },
};

/** Something that is open at a place, about a message. */
interface Opened {
  readonly place: MenuPlace;
  readonly message: Shown;
}

export interface MessageMenu {
  readonly menu: ShallowRef<Opened | null>;
  readonly items: ComputedRef<readonly MenuItem<MessageAction>[]>;
  /** The message that gets a reaction. */
  readonly reacting: ShallowRef<Opened | null>;
  /** The message whose dialog is open. */
  readonly asked: ShallowRef<{ readonly action: 'details' | 'delete' | 'forward'; readonly message: Shown } | null>;
  readonly open: (place: MenuPlace, message: Shown) => void;
  /** Nothing happens where the message does not allow it. */
  readonly act: (action: MessageAction, message: Shown, place: MenuPlace) => void;
}

export interface MessageMenuOptions {
  /** Gets a word about what has been done. */
  readonly say: (word: string) => void;
  /** Something is to be written about a message. */
  readonly write: (about: About) => void;
}

/** What is done with a message of a conversation. */
export function useMessageMenu({ say, write }: MessageMenuOptions): MessageMenu {
  const menu: MessageMenu['menu'] = shallowRef(null);
  const reacting: MessageMenu['reacting'] = shallowRef(null);
  const asked: MessageMenu['asked'] = shallowRef(null);
  const items = computed(() => {
    const actions = menu.value === null ? [] : actionsOf(menu.value.message);
    return actions.map((key) => ({ key, label: text(`acts.action.${key}`), ...looks[key] }));
  });

  function copy(body: string): void {
    navigator.clipboard.writeText(body).then(
      () => say(text('app.copied')),
      () => say(text('app.copyFailed')),
    );
  }

  function act(action: MessageAction, message: Shown, place: MenuPlace): void {
    if (!actionsOf(message).includes(action)) return;
    if (action === 'copy') copy(message.body);
    else if (action === 'reply' || action === 'edit') write({ kind: action, message });
    else if (action === 'react') reacting.value = { place, message };
    else asked.value = { action, message };
  }

  return {
    menu,
    items,
    reacting,
    asked,
    open: (place, message) => {
      if (actionsOf(message).length > 0) menu.value = { place, message };
    },
    act,
  };
}
