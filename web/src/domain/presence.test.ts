import { describe, expect, it } from 'vitest';
import { presenceOf } from './presence.ts';

describe('presence', () => {
  it('is what the daemon last told while it can tell', () => {
    expect(presenceOf({ blocked: false, connection: 'online' }, true)).toBe('online');
    expect(presenceOf({ blocked: false, connection: 'offline' }, true)).toBe('offline');
  });

  it('claims nothing while the page hears nothing', () => {
    expect(presenceOf({ blocked: false, connection: 'online' }, false)).toBe('paused');
    expect(presenceOf({ blocked: false, connection: 'offline' }, false)).toBe('paused');
  });

  it('knows without the daemon whom we have blocked', () => {
    expect(presenceOf({ blocked: true, connection: 'online' }, false)).toBe('blocked');
    expect(presenceOf({ blocked: true, connection: 'online' }, true)).toBe('blocked');
  });
});
