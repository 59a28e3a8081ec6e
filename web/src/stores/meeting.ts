// Meeting people: who is visible nearby, the pairing under way, and our invites.
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Params, Result } from '../../../server/contract/commands.ts';
import type { Invite, InviteId, Pairing, PairingId, Person, VisibilityMode } from '../../../server/contract/model.ts';
import { useContacts } from './contacts.ts';
import { useLink } from './daemon.ts';
import { useProfile } from './profile.ts';

export type InviteLifetime = Params<'invite.create'>['expires'];

/** Being visible to everyone nearby, and what it gives way to. */
function createVisibility() {
  const link = useLink();
  const profile = useProfile();
  /** Whether this Loom can be seen at all: not where finding people was switched off at its start, or the system denies it. */
  const canShow = computed(() => {
    const { discovery, visibility } = profile.network ?? {};
    return discovery?.status === 'on' || (discovery?.status === 'off' && visibility?.mode === 'off');
  });
  /** When it ends; null: we are not visible. */
  const visibleUntil = computed(() => profile.network?.visibility.until ?? null);
  let before: 'contacts' | 'off' = 'contacts';

  async function show(): Promise<void> {
    const mode = profile.network?.visibility.mode;
    if (mode === 'contacts' || mode === 'off') before = mode;
    profile.network = await link.call('network.visibility', { mode: 'everyone' });
  }

  /** @throws CallError. Does nothing where no one could see us. */
  async function showIfPossible(): Promise<void> {
    profile.network ??= await link.call('network.status', {});
    if (canShow.value) await show();
  }

  async function hide(): Promise<void> {
    profile.network = await link.call('network.visibility', { mode: before });
  }

  async function setVisibility(mode: VisibilityMode): Promise<void> {
    if (mode === 'everyone') await show();
    else profile.network = await link.call('network.visibility', { mode });
  }

  return { canShow, visibleUntil, show, showIfPossible, hide, setVisibility };
}

function createPairing(people: { readonly value: readonly Person[] }) {
  const link = useLink();
  const pairing = shallowRef<Pairing | null>(null);
  /** One whose end is of no interest, or was seen. */
  const dismissed = shallowRef<PairingId | null>(null);

  /** What to show: a pairing under way, or how it failed. */
  const shown = computed(() => {
    const current = pairing.value;
    return current === null || current.id === dismissed.value || current.state.kind === 'paired' ? null : current;
  });
  /** Who has just become a contact. */
  const met = computed(() => {
    const current = pairing.value;
    return current?.state.kind === 'paired' && current.id !== dismissed.value ? current.state.contact : null;
  });

  /** What the daemon says on a new line. What ended while no one looked is of no interest. */
  function meet(current: Pairing | null): void {
    const over = current?.state.kind === 'paired' || current?.state.kind === 'ended';
    if (over && pairing.value?.id !== current.id) dismissed.value = current.id;
    pairing.value = current;
  }

  function dismiss(): void {
    dismissed.value = pairing.value?.id ?? null;
  }

  /** How someone unwanted fared is of no interest either. */
  function follow(next: Pairing): void {
    if (pairing.value?.id === next.id && pairing.value.state.kind === 'unwanted') dismiss();
    pairing.value = next;
  }

  async function start(person: Person): Promise<void> {
    pairing.value = await link.call('pairing.start', { token: person.token });
  }

  async function cancel(): Promise<void> {
    dismiss();
    await link.call('pairing.cancel', {});
  }

  const tile = computed(() => people.value.find(({ publicKey }) => publicKey === pairing.value?.publicKey));
  /** The name in the pairing, or until there is one, on the tile that was chosen. */
  const partner = computed(() => {
    const told = pairing.value?.name ?? '';
    return told === '' ? (tile.value?.name ?? '') : told;
  });
  /** We went to them, and they can still be seen. */
  const canRepeat = computed(() => pairing.value?.role === 'guest' && tile.value !== undefined);

  async function again(): Promise<void> {
    if (tile.value !== undefined) await start(tile.value);
  }

  async function enter(code: string): Promise<void> {
    await link.call('pairing.enter', { code });
  }

  return { pairing, shown, met, partner, canRepeat, meet, follow, dismiss, start, cancel, again, enter };
}

function createInvites() {
  const link = useLink();
  const invites = shallowRef<readonly Invite[]>([]);

  function putInvite(invite: Invite): void {
    const known = invites.value.some(({ id }) => id === invite.id);
    invites.value = known
      ? invites.value.map((each) => (each.id === invite.id ? invite : each))
      : [invite, ...invites.value];
  }

  async function invite(expires: InviteLifetime): Promise<Invite> {
    const made = await link.call('invite.create', { expires });
    putInvite(made);
    return made;
  }

  async function revoke(id: InviteId): Promise<void> {
    putInvite(await link.call('invite.revoke', { invite: id }));
  }

  async function loadInvites(): Promise<void> {
    invites.value = await link.call('invite.list', {});
  }

  return { invites, putInvite, invite, revoke, loadInvites };
}

export const useMeeting = defineStore('meeting', () => {
  const link = useLink();
  const contacts = useContacts();
  const people = shallowRef<readonly Person[]>([]);
  /** A code that was pasted where it could not be added yet; empty: none. */
  const noted = shallowRef('');
  /** A contact who is verified has nothing to gain from a code. */
  const unmet = computed(() =>
    people.value.filter(({ contact }) => contact === null || contacts.contacts.get(contact)?.verified !== true),
  );
  const pairing = createPairing(people);
  const invites = createInvites();

  async function load(): Promise<void> {
    people.value = await link.call('people.list', {});
    await invites.loadInvites();
    pairing.meet(await link.call('pairing.get', {}));
  }

  function clear(): void {
    people.value = [];
    invites.invites.value = [];
    pairing.pairing.value = null;
  }

  /** The token in a text, before it is added: itself, and its version, 1 an identity token, 2 an invite. */
  function readToken(pasted: string): Promise<Result<'token.parse'>> {
    return link.call('token.parse', { token: pasted });
  }

  return { people, noted, unmet, ...createVisibility(), ...pairing, ...invites, load, clear, readToken };
});
