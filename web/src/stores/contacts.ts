import { defineStore } from 'pinia';
import { computed, shallowRef, triggerRef } from 'vue';
import type { Contact, ContactRequest, Id, Message, MessageState, NearbyPeer } from '../../../server/contract/model.ts';
import { inOrder } from '../domain/contact-order.ts';
import { laterState } from '../domain/timeline.ts';
import { useLink } from './link.ts';

/** They stop typing without a word when their link is cut; ms. */
const TYPING_MS = 8000;

/** The people we know, those who ask, and those who are near. The maps are changed in place, then triggered once a batch. */
export const useContacts = defineStore('contacts', () => {
  const link = useLink();
  const contacts = shallowRef(new Map<Id, Contact>());
  const requests = shallowRef(new Map<Id, ContactRequest>());
  const nearby = shallowRef(new Map<Id, NearbyPeer>());
  const typing = shallowRef(new Set<Id>());
  const loaded = shallowRef(false);
  const typingTimers = new Map<Id, ReturnType<typeof setTimeout>>();

  const ordered = computed(() => inOrder(contacts.value.values()));
  const unread = computed(() => {
    let sum = 0;
    for (const contact of contacts.value.values()) if (!contact.blocked) sum += contact.unread;
    return sum;
  });
  const near = computed(() =>
    [...nearby.value.keys()].map((id) => contacts.value.get(id)).filter((contact) => contact !== undefined),
  );

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

  function put(contact: Contact): void {
    contacts.value.set(contact.id, contact);
  }

  function drop(id: Id): void {
    contacts.value.delete(id);
    nearby.value.delete(id);
  }

  /** The preview follows at once, should the contact's own event come later. */
  function noteMessage(message: Message): void {
    const contact = contacts.value.get(message.contact);
    if (contact === undefined || (contact.lastMessage?.order ?? -Infinity) >= message.order) return;
    contacts.value.set(contact.id, { ...contact, lastMessage: message });
  }

  function noteState(id: Id, message: Id, state: MessageState): void {
    const contact = contacts.value.get(id);
    if (contact?.lastMessage?.id !== message) return;
    const lastMessage = { ...contact.lastMessage, state: laterState(contact.lastMessage.state, state) };
    contacts.value.set(id, { ...contact, lastMessage });
  }

  function setTyping(id: Id, on: boolean): void {
    clearTimeout(typingTimers.get(id));
    typingTimers.delete(id);
    if (!on && !typing.value.has(id)) return;
    if (on) {
      typing.value.add(id);
      typingTimers.set(
        id,
        setTimeout(() => {
          typing.value.delete(id);
          triggerRef(typing);
        }, TYPING_MS),
      );
    } else {
      typing.value.delete(id);
    }
    triggerRef(typing);
  }

  /** After a batch of `put`, `drop` and the like. */
  function publish(): void {
    triggerRef(contacts);
    triggerRef(nearby);
    triggerRef(requests);
  }

  function keep(contact: Contact): Contact {
    put(contact);
    publish();
    return contact;
  }

  async function add(token: string, name: string, address: string): Promise<Contact> {
    return keep(await link.call('contact.add', { token, name, ...(address === '' ? {} : { address }) }));
  }

  async function rename(contact: Id, name: string): Promise<void> {
    keep(await link.call('contact.rename', { contact, name }));
  }

  async function remove(contact: Id): Promise<void> {
    await link.call('contact.remove', { contact });
    drop(contact);
    publish();
  }

  async function block(contact: Id, blocked: boolean): Promise<void> {
    keep(await link.call('contact.block', { contact, blocked }));
  }

  async function verify(contact: Id, verified: boolean): Promise<void> {
    keep(await link.call('contact.verify', { contact, verified }));
  }

  async function addAddress(contact: Id, address: string): Promise<void> {
    keep(await link.call('contact.address', { contact, address }));
  }

  async function connect(contact: Id): Promise<void> {
    keep(await link.call('contact.connect', { contact }));
  }

  async function safetyNumber(contact: Id): Promise<string> {
    return (await link.call('contact.safety', { contact })).number;
  }

  async function accept(request: Id): Promise<Contact> {
    const contact = await link.call('request.accept', { request, name: '' });
    requests.value.delete(request);
    return keep(contact);
  }

  async function blockRequest(request: Id): Promise<void> {
    await link.call('request.block', { request });
    requests.value.delete(request);
    publish();
  }

  return {
    contacts,
    requests,
    nearby,
    typing,
    loaded,
    ordered,
    unread,
    near,
    load,
    clear,
    put,
    drop,
    noteMessage,
    noteState,
    setTyping,
    publish,
    add,
    rename,
    remove,
    block,
    verify,
    addAddress,
    connect,
    safetyNumber,
    accept,
    blockRequest,
  };
});
