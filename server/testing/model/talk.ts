// What people of a model run say to each other and do with what was said.
import { CommandError } from '../../contract/errors.ts';
import type { Message } from '../../contract/model.ts';
import { anyId } from '../ids.ts';
import { png } from '../pictures.ts';
import { nameOf, type Citizen, type Citizens } from './citizens.ts';
import { act, messageFor } from './deeds.ts';
import type { Operation } from './operations.ts';
import type { Wiretap } from './wiretap.ts';

export class Talk {
  readonly #citizens: Citizens;
  readonly #wiretap: Wiretap;
  #texts = 0;

  constructor(citizens: Citizens, wiretap: Wiretap) {
    this.#citizens = citizens;
    this.#wiretap = wiretap;
  }

  /** A new text, as an answer to another if there is one. */
  async say(a: Citizen, b: Citizen, replyTo?: Pick<Message, 'author' | 'id'>): Promise<void> {
    const direction = this.#citizens.direction(a, b);
    const { profile } = a.loom;
    const body = this.#newText(a, b);
    const id = anyId(this.#texts.toString(16).padStart(32, '0'));
    const sent = direction.asked(id, body);
    const conversation = this.#citizens.conversation(a, b);
    try {
      const { disappears } = await profile.execute('message.send', {
        ...{ conversation, body, id },
        ...(replyTo && { replyTo }),
      });
      if (goesOn(a, profile)) direction.stored(sent, disappears?.after ?? 0);
    } catch (error) {
      const isBlocked = error instanceof CommandError && error.code === 'contact-blocked';
      if (isBlocked) direction.refused(sent);
      else if (goesOn(a, profile)) throw error;
    }
  }

  /** Does something with a message between them, where there is one. */
  async act(a: Citizen, b: Citizen, operation: Extract<Operation, { kind: 'act' }>): Promise<void> {
    if (!a.loom.isRunning) return;
    const message = await messageFor(this.#citizens, [a, b], operation);
    if (!message) return;
    if (operation.deed === 'reply') return this.say(a, b, { author: message.author, id: message.id });
    const options = { citizens: this.#citizens, newText: () => this.#newText(a, b) };
    await act(options, [a, b], operation, message);
  }

  /** `a` sets for how long what either of them says from then on is there. */
  async setTimer(a: Citizen, b: Citizen, seconds: number): Promise<void> {
    if (!a.loom.isRunning) return;
    const { profile } = a.loom;
    for (const direction of [this.#citizens.direction(a, b), this.#citizens.direction(b, a)]) direction.timed(seconds);
    try {
      await profile.execute('conversation.timer', { conversation: this.#citizens.conversation(a, b), seconds });
    } catch (error) {
      const isBlocked = error instanceof CommandError && error.code === 'contact-blocked';
      if (!isBlocked && goesOn(a, profile)) throw error;
    }
  }

  /** A line and a picture, by number; 0: neither. */
  async describe(who: Citizen, value: number): Promise<void> {
    if (!who.loom.isRunning) return;
    const { profile } = who.loom;
    const picture = value === 0 ? null : Buffer.from(png(value, value)).toString('base64');
    try {
      await profile.execute('identity.describe', { about: value === 0 ? '' : `line ${value}`, picture });
    } catch (error) {
      if (goesOn(who, profile)) throw error;
    }
  }

  /** So many texts, each edited, and all of that in another order. */
  async shuffle(from: Citizen, to: Citizen, count: number): Promise<void> {
    this.#wiretap.keep(from, to, 2 * count);
    if (from.loom.isRunning) await Promise.all(Array.from({ length: count }, () => this.say(from, to)));
    const edit = { kind: 'act', from: from.index, to: to.index, deed: 'edit', value: 0 } as const;
    for (let which = 0; which < count; which += 1) await this.act(from, to, { ...edit, which });
  }

  #newText(a: Citizen, b: Citizen): string {
    this.#texts += 1;
    return `${nameOf(a)}${nameOf(b)} ${this.#texts}`;
  }
}

/** The process that was asked is still there. */
function goesOn({ loom }: Citizen, profile: unknown): boolean {
  return loom.isRunning && loom.profile === profile;
}
