// The people we know, those who ask, and those who are near. The maps are changed in place, then published once a batch.
import { defineStore } from 'pinia';
import { computed, shallowRef, triggerRef } from 'vue';
import type {
  Contact,
  ContactId,
  ContactRequest,
  ConversationId,
  MessageRef,
  NearbyPeer,
  PersonId,
  RequestId,
} from '../../../server/contract/model.ts';
import { twinsOf } from '../domain/look-alikes.ts';
import { useLink } from './daemon.ts';

/** They stop typing without a word when their link is cut; ms. */
const TYPING_MS = 8000;

type State = ReturnType<typeof createState>;
type Changes = ReturnType<typeof createChanges>;

function createState() {
  return {
    contacts: shallowRef(new Map<ContactId, Contact>()),
    requests: shallowRef(new Map<RequestId, ContactRequest>()),
    nearby: shallowRef(new Map<ContactId, NearbyPeer>()),
    /** By conversation. */
    typing: shallowRef(new Set<ConversationId>()),
    loaded: shallowRef(false),
  };
}

/** What events do. Nothing shows before `publish`. */
function createChanges({ contacts, requests, nearby }: State) {
  function put(contact: Contact): void {
    contacts.value.set(contact.id, contact);
  }

  function drop(id: ContactId): void {
    contacts.value.delete(id);
    nearby.value.delete(id);
  }

  function publish(): void {
    triggerRef(contacts);
    triggerRef(nearby);
    triggerRef(requests);
  }

  return { put, drop, publish };
}

function createTyping({ typing }: State) {
  const timers = new Map<ConversationId, ReturnType<typeof setTimeout>>();

  function setTyping(id: ConversationId, on: boolean): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    if (on) {
      typing.value.add(id);
      timers.set(
        id,
        setTimeout(() => setTyping(id, false), TYPING_MS),
      );
    } else if (!typing.value.delete(id)) {
      return;
    }
    triggerRef(typing);
  }

  return { setTyping };
}

function createLoading({ contacts, requests, nearby, typing, loaded }: State) {
  const link = useLink();

  async function load(): Promise<void> {
    // Each list is put in place as it arrives: events that come after it must meet it there.
    const people = link.call('contact.list', {}).then((list) => {
      contacts.value = new Map(list.map((contact) => [contact.id, contact]));
    });
    const asking = link.call('request.list', {}).then((list) => {
      requests.value = new Map(list.map((request) => [request.id, request]));
    });
    const peers = link.call('peer.list', {}).then((list) => {
      nearby.value = new Map(list.map((peer) => [peer.contact, peer]));
    });
    await Promise.all([people, asking, peers]);
    loaded.value = true;
  }

  function clear(): void {
    contacts.value = new Map();
    requests.value = new Map();
    nearby.value = new Map();
    typing.value = new Set();
    loaded.value = false;
  }

  return { load, clear };
}

/** Puts a contact in place at once, before the event that tells of it. */
function keeper({ put, publish }: Changes): (contact: Contact) => Contact {
  return (contact) => {
    put(contact);
    publish();
    return contact;
  };
}

function createRequestCommands({ requests }: State, changes: Changes) {
  const link = useLink();
  const keep = keeper(changes);
  const { drop, publish } = changes;

  async function accept(request: RequestId): Promise<Contact> {
    const contact = await link.call('request.accept', { request, name: '' });
    requests.value.delete(request);
    return keep(contact);
  }

  async function blockRequest(request: RequestId): Promise<Contact> {
    const contact = await link.call('request.block', { request });
    requests.value.delete(request);
    return keep(contact);
  }

  async function ignoreRequest(request: RequestId): Promise<void> {
    await link.call('request.ignore', { request });
    requests.value.delete(request);
    publish();
  }

  /** Takes `blockRequest` back. */
  async function reopenRequest(contact: ContactId): Promise<void> {
    await link.call('request.reopen', { contact });
    drop(contact);
    publish();
  }

  return { accept, blockRequest, ignoreRequest, reopenRequest };
}

function createCommands(changes: Changes) {
  const link = useLink();
  const keep = keeper(changes);
  const { drop, publish } = changes;

  async function add(token: string, name: string, address: string): Promise<Contact> {
    return keep(await link.call('contact.add', { token, name, ...(address === '' ? {} : { address }) }));
  }

  async function remove(contact: ContactId): Promise<void> {
    await link.call('contact.remove', { contact });
    drop(contact);
    publish();
  }

  return {
    add,
    remove,
    rename: async (contact: ContactId, name: string) => keep(await link.call('contact.rename', { contact, name })),
    block: async (contact: ContactId, blocked: boolean) => keep(await link.call('contact.block', { contact, blocked })),
    verify: async (contact: ContactId, verified: boolean) =>
      keep(await link.call('contact.verify', { contact, verified })),
    addAddress: async (contact: ContactId, address: string) =>
      keep(await link.call('contact.address', { contact, address })),
    connect: async (contact: ContactId) => keep(await link.call('contact.connect', { contact })),
    introduce: async (contact: ContactId, other: ContactId) => {
      await link.call('contact.introduce', { contact, other });
    },
    /** Of theirs alone. */
    acceptIntroduction: async ({ conversation, author, id }: MessageRef) =>
      keep(await link.call('introduction.accept', { conversation, author: author as PersonId, id, name: '' })),
    safetyNumber: async (contact: ContactId) => (await link.call('contact.safety', { contact })).number,
  };
}

export const useContacts = defineStore('contacts', () => {
  const state = createState();
  const { contacts, nearby } = state;
  const changes = createChanges(state);

  /** Those who could be taken for someone else. */
  const twins = computed(() => twinsOf(contacts.value.values()));
  const near = computed(() =>
    [...nearby.value.keys()].map((id) => contacts.value.get(id)).filter((contact) => contact !== undefined),
  );

  return {
    ...state,
    twins,
    near,
    ...changes,
    ...createTyping(state),
    ...createLoading(state),
    ...createRequestCommands(state, changes),
    ...createCommands(changes),
  };
});
