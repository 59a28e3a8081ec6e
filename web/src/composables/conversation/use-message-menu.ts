import { computed, shallowRef } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { MenuItem, MenuPlace } from '../../components/base/menu.ts';
import { actionsOf } from '../../domain/message/message-actions.ts';
import type { MessageAction } from '../../domain/message/message-actions.ts';
import type { Shown } from '../../domain/message/outgoing.ts';
import { text } from '../../text/text.ts';

const looks: Readonly<Record<MessageAction, Omit<MenuItem<MessageAction>, 'key' | 'label'>>> = {
  copy: { icon: 'copy' },
  details: { icon: 'info' },
  delete: { icon: 'trash', danger: true },
};

export interface MessageMenu {
  readonly menu: ShallowRef<{ readonly place: MenuPlace; readonly message: Shown } | null>;
  readonly items: ComputedRef<readonly MenuItem<MessageAction>[]>;
  /** The message whose dialog is open. */
  readonly asked: ShallowRef<{ readonly action: 'details' | 'delete'; readonly message: Shown } | null>;
  readonly open: (place: MenuPlace, message: Shown) => void;
  readonly act: (action: MessageAction, message: Shown) => void;
}

/** What is done with a message of a conversation. @param say gets a word about what has been done. */
export function useMessageMenu(say: (word: string) => void): MessageMenu {
  const menu: MessageMenu['menu'] = shallowRef(null);
  const asked: MessageMenu['asked'] = shallowRef(null);
  const items = computed(() => {
    const actions = menu.value === null ? [] : actionsOf(menu.value.message);
    return actions.map((key) => ({ key, label: text(`deleting.action.${key}`), ...looks[key] }));
  });

  function copy(body: string): void {
    navigator.clipboard.writeText(body).then(
      () => say(text('app.copied')),
      () => say(text('app.copyFailed')),
    );
  }

  return {
    menu,
    items,
    asked,
    open: (place, message) => {
      if (actionsOf(message).length > 0) menu.value = { place, message };
    },
    act: (action, message) => {
      if (action === 'copy') copy(message.body);
      else asked.value = { action, message };
    },
  };
}
