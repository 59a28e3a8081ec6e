import { describe, expect, it } from 'vitest';
import { homeFolder } from './environment.ts';

function nobody(): string {
  throw new Error('no entry');
}

describe('the home folder', () => {
  it('is the first path from the top', () => {
    expect(homeFolder([() => '/home/ada', () => '/other'])).toBe('/home/ada');
    expect(homeFolder([() => '', () => '/home/ada'])).toBe('/home/ada');
    expect(homeFolder([() => 'rel', () => '/home/ada'])).toBe('/home/ada');
    expect(homeFolder([nobody, () => '/home/ada'])).toBe('/home/ada');
  });

  it('may be none', () => {
    expect(homeFolder([nobody, nobody])).toBeNull();
    expect(homeFolder([() => '', () => ''])).toBeNull();
  });
});
