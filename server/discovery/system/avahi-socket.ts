// From a host to its addresses by Avahi's own socket, the one behind nss-mdns, as Avahi's layer of dns_sd knows no way.
// getaddrinfo, which the library would use, asks a DNS server for what it does not know; Avahi asks the link about a
// `.local` name, and nobody else.
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { RESOLVE_TIMEOUT } from '../mdns/limits.ts';
import { MAX_ANSWER_BYTES } from './limits.ts';

export interface SocketAnswer {
  readonly interfaceIndex: number;
  readonly address: string;
}

const SOCKETS = ['/run/avahi-daemon/socket', '/var/run/avahi-daemon/socket'];
/** Adapter, family, name, address. */
const FOUND = /^\+ (\d{1,10}) [01] \S{1,255} (\S{1,64})\n/;

/** @param host a sound `.local` name. @returns at most one address of each family. */
export async function askAvahi(host: string): Promise<readonly SocketAnswer[]> {
  const path = SOCKETS.find((each) => existsSync(each));
  if (path === undefined) return [];
  const answers = await Promise.all(['IPV4', 'IPV6'].map((family) => ask(path, `RESOLVE-HOSTNAME-${family} ${host}`)));
  return answers.flatMap((answer) => {
    const [, interfaceIndex, address] = FOUND.exec(answer) ?? [];
    return address === undefined ? [] : { interfaceIndex: Number(interfaceIndex), address };
  });
}

/** @returns one line, empty when there is none in time. */
function ask(path: string, question: string): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(path);
    const end = (): void => {
      socket.destroy();
      resolve(said);
    };
    socket.setTimeout(RESOLVE_TIMEOUT, end);
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      said += piece;
      if (said.includes('\n') || said.length > MAX_ANSWER_BYTES) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.write(`${question}\n`);
  });
}
