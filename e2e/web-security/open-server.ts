// A server that lets everybody do everything: what a hostile page gains there shows that its attempts are real ones.
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';

const PAGE = `<!doctype html><title>Loom</title><script>
addEventListener('load', () => { for (const other of [opener, parent]) if (other && other !== self) other.postMessage(location.hash, '*'); });
</script>`;

const KINDS: Readonly<Record<string, [type: string, body: string]>> = {
  '/events': ['text/event-stream', 'data: in\n\n'],
  '/style.css': ['text/css', 'body { color: red }'],
  '/image.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
  '/app.js': ['text/javascript', 'globalThis.got = true;'],
  '/': ['text/html', PAGE],
};

export class OpenServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;
  /** Bodies that were posted. */
  readonly posted: string[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url?.split('?')[0] ?? '/';
      const script = request.headers['sec-fetch-dest'] === 'script';
      const [type, body] = KINDS[path] ?? (script ? ['text/javascript', ''] : ['text/html', PAGE]);
      response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
      response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-allow-headers', 'content-type, x-loom');
      response.setHeader('access-control-allow-methods', 'GET, POST, PUT');
      response.setHeader('content-type', script ? 'text/javascript' : type);
      let sent = '';
      request.on('data', (piece: Buffer) => (sent += piece.toString()));
      request.on('end', () => {
        if (request.method === 'POST') this.posted.push(sent);
        if (type === 'text/event-stream') response.write(body);
        else response.end(script && type === 'text/html' ? '' : body);
      });
    });
    this.#server.on('connection', (socket: Socket) => this.#sockets.add(socket));
    new WebSocketServer({ server: this.#server, path: '/ws', handleProtocols: (all) => [...all][0] ?? false });
  }

  static async start(): Promise<OpenServer> {
    const open = new OpenServer();
    await new Promise<void>((resolve) => open.#server.listen(0, '127.0.0.1', resolve));
    open.port = (open.#server.address() as AddressInfo).port;
    return open;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    // Those that became WebSockets as well.
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
