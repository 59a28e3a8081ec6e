// Sends each event to the store it concerns. Thousands a second become one change of the page per frame.
import { watch } from 'vue';
import type { EventMessage, Events } from '../../../server/contract/events.ts';
import { withProgress } from '../domain/file/file-progress.ts';
import { startLeaveWarning, stopLeaveWarning } from '../composables/leave-warning.ts';
import { useContacts } from './contacts.ts';
import { useConversationList } from './conversation-list.ts';
import { useConversations } from './conversations.ts';
import { useDrafts } from './drafts.ts';
import { useFileTray } from './file-tray.ts';
import { useFiles } from './files.ts';
import { useLink } from './daemon.ts';
import { Loading } from './loading.ts';
import { useMeeting } from './meeting.ts';
import { usePictures } from './pictures.ts';
import { useProfile } from './profile.ts';
import { useReceipts } from './receipts.ts';
import { useRecovery } from './recovery.ts';

/** A hidden tab gets no animation frames; ms. */
const HIDDEN_MS = 250;

function inNextFrame(act: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(act);
  else setTimeout(act, HIDDEN_MS);
}

type Stores = ReturnType<typeof useStores>;

function useStores() {
  return {
    link: useLink(),
    pictures: usePictures(),
    profile: useProfile(),
    contacts: useContacts(),
    conversationList: useConversationList(),
    conversations: useConversations(),
    drafts: useDrafts(),
    files: useFiles(),
    fileTray: useFileTray(),
    meeting: useMeeting(),
    receipts: useReceipts(),
    recovery: useRecovery(),
  };
}

function applyToPeople(
  { contacts, conversationList, conversations, drafts, files, fileTray, pictures }: Stores,
  { event, data }: EventMessage,
): boolean {
  switch (event) {
    case 'contact.changed':
      contacts.put(data.contact);
      return true;
    case 'contact.removed':
      contacts.drop(data.contact);
      pictures.forget(data.contact);
      return true;
    case 'conversation.changed':
      conversationList.put(data.conversation);
      return true;
    case 'conversation.removed':
      conversationList.drop(data.conversation);
      conversations.drop(data.conversation);
      drafts.drop(data.conversation);
      files.drop(data.conversation);
      fileTray.empty(data.conversation);
      return true;
    case 'draft.changed':
      drafts.take(data.draft);
      return true;
    case 'request.changed':
      contacts.requests.set(data.request.id, data.request);
      return true;
    case 'request.removed':
      contacts.requests.delete(data.request);
      return true;
    case 'peer.discovered':
      contacts.nearby.set(data.peer.contact, data.peer);
      return true;
    case 'peer.lost':
      contacts.nearby.delete(data.contact);
      return true;
    case 'typing.changed':
      contacts.setTyping(data.conversation, data.typing);
      return true;
    default:
      return false;
  }
}

function applyToMeeting({ meeting }: Stores, { event, data }: EventMessage): boolean {
  switch (event) {
    case 'people.changed':
      meeting.people = data.people;
      return true;
    case 'pairing.changed':
      meeting.follow(data.pairing);
      return true;
    case 'invite.changed':
      meeting.putInvite(data.invite);
      return true;
    default:
      return false;
  }
}

function applyToMessages(
  { contacts, conversationList, conversations, drafts }: Stores,
  { event, data }: EventMessage,
): boolean {
  switch (event) {
    case 'message.received':
      contacts.setTyping(data.message.conversation, false);
      conversationList.noteMessage(data.message);
      conversations.put(data.message);
      return true;
    case 'message.stored':
      conversationList.noteMessage(data.message);
      conversations.put(data.message);
      return true;
    case 'message.changed':
      conversations.change(data.message);
      conversationList.noteChange(data.message);
      if (data.message.kind === 'deleted') drafts.gone(data.message);
      return true;
    case 'message.state':
      conversations.setState(data, data.state);
      conversationList.noteState(data, data.state);
      return true;
    case 'file.changed':
      noteProgress(conversations, data);
      return true;
    case 'message.seen':
      conversations.seen(data.conversation, data.upTo);
      conversationList.noteSeen(data.conversation, data.upTo);
      return true;
    case 'message.deleted':
      conversations.take(data);
      drafts.gone(data);
      return true;
    case 'conversation.cleared':
      conversations.reload(data.conversation);
      drafts.dropAbout(data.conversation);
      return true;
    case 'message.read':
      conversations.read(data.conversation, data.upTo);
      return true;
    default:
      return false;
  }
}

/** Of those that are not loaded, their page brings it along. */
function noteProgress(conversations: Stores['conversations'], data: Events['file.changed']): void {
  const known = conversations.find(data);
  if (known) conversations.put(withProgress(known, data.progress));
}

function applyToProfile(
  { profile, receipts, recovery }: Stores,
  { event, data }: EventMessage,
  reload: () => void,
): void {
  switch (event) {
    case 'state.changed':
      // Everything was destroyed: nothing of it stays in this page either.
      if (data.state === 'new') {
        stopLeaveWarning();
        window.location.reload();
        return;
      }
      profile.change({ state: data.state });
      reload();
      break;
    case 'identity.changed':
      profile.identity = data.identity;
      break;
    case 'network.changed':
      profile.network = data.network;
      break;
    case 'receipts.changed':
      receipts.on = data.on;
      break;
    case 'storage.changed':
      profile.change({ storage: data.storage });
      break;
    case 'task.changed':
      recovery.task = data.task;
      break;
    case 'backup.changed':
      recovery.status = data.backup;
      break;
    default: // session.established is told by contact.changed as well; log is for the command line.
  }
}

/** Connects the page to the daemon and keeps the stores true from then on. */
export function startStores(): void {
  const stores = useStores();
  const { profile, contacts, conversationList, conversations, drafts, files, fileTray } = stores;
  const { meeting, pictures, receipts, recovery } = stores;
  let queue: EventMessage[] = [];

  async function load(): Promise<void> {
    queue = [];
    await profile.load();
    conversations.clear();
    if (profile.state !== 'ready') {
      for (const store of [contacts, conversationList, drafts, files, fileTray, meeting, pictures, receipts, recovery])
        store.clear();
      return;
    }
    await Promise.all([contacts.load(), conversationList.load(), drafts.load()]);
    await meeting.load();
    await recovery.load();
    await receipts.load();
    conversations.sendLockedAgain();
  }

  const loading = new Loading(load);
  const reload = (): void => loading.begin();

  watch(
    () => stores.link.line.kind,
    (kind) => kind === 'open' && loading.resume(),
  );

  function drain(): void {
    const batch = queue;
    queue = [];
    for (const message of batch) {
      const done =
        applyToPeople(stores, message) || applyToMessages(stores, message) || applyToMeeting(stores, message);
      if (!done) applyToProfile(stores, message, reload);
    }
    contacts.publish();
    conversationList.publish();
    conversations.publish();
  }

  const isLost = (): boolean => files.isHandingOver() || fileTray.holdsAny() || conversations.unsent().length > 0;
  startLeaveWarning(() => drafts.leaving() || isLost());
  stores.link.start({
    events: (messages) => {
      if (queue.length === 0) inNextFrame(drain);
      queue.push(...messages);
    },
    reload,
  });
}
