// Rooms of the engine put together: each gets what it needs by name, and nothing of the rest.
import { ContactMaker, type NewContact } from './contacts/contact-maker.ts';
import type { OurIdentity } from './contacts/identity.ts';
import type { Requests } from './contacts/requests.ts';
import type { Roster } from './contacts/roster.ts';
import { Doctor, type DoctorOptions } from './doctor/doctor.ts';
import { TwoWayCheck } from './doctor/two-way-check.ts';
import type { EngineOptions } from './engine-options.ts';
import { InvitedGuests } from './meeting/invited-guests.ts';
import { Invites } from './meeting/invites.ts';
import { Pairing, type PairingOptions } from './meeting/pairing.ts';
import type { Visibility } from './presence/visibility.ts';

interface Meeting {
  readonly contactMaker: ContactMaker;
  readonly invites: Invites;
  readonly invitedGuests: InvitedGuests;
  readonly pairing: Pairing;
}

/** How two become contacts. */
export function assembleMeeting(
  { store, primitives, clock, random, events, peerPort, interfaces }: EngineOptions,
  parts: {
    readonly us: OurIdentity;
    readonly roster: Roster;
    readonly requests: Requests;
    readonly visibility: Visibility;
    readonly peers: PairingOptions['peers'];
    readonly onMade: (id: string, contact: NewContact) => void;
    readonly onVerified: (id: string) => void;
  },
): Meeting {
  const { us, roster, requests, visibility, peers, onMade, onVerified } = parts;
  const contactMaker = new ContactMaker({ store, roster, requests, clock, random, onMade, onVerified });
  const known = { primitives, clock, random, events, roster, us };
  const invites = new Invites({ ...known, store, peerPort, interfaces });
  const invitedGuests = new InvitedGuests({ store, clock, roster, invites, contactMaker });
  const pairing = new Pairing({ ...known, visibility, peers, adopt: (paired) => contactMaker.adoptPaired(paired) });
  return { contactMaker, invites, invitedGuests, pairing };
}

/** Why there is no connection. */
export function assembleDoctor(
  { clock, random, discovery, peerPort, interfaces, addresses }: EngineOptions,
  parts: Pick<DoctorOptions, 'presence' | 'visibility' | 'links' | 'dialler' | 'view'> & { readonly roster: Roster },
): { readonly twoWayCheck: TwoWayCheck; readonly doctor: Doctor } {
  const hosts = (): ReadonlySet<string> => new Set(addresses().map(({ host }) => host));
  const { roster, ...rest } = parts;
  const twoWayCheck = new TwoWayCheck({ clock, random, roster, hosts, presence: rest.presence, dialler: rest.dialler });
  const doctor = new Doctor({ clock, peerPort, interfaces, hosts, discovery, twoWayCheck, ...rest });
  return { twoWayCheck, doctor };
}
