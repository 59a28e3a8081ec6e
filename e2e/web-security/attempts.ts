// What a page can try on another server of this machine. Runs inside the hostile page, so it stands on its own.

/** Each attempt by name: `nothing`, or what was got. */
export type Gains = Record<string, string>;

export interface Attack {
  /** The origin under attack. */
  readonly target: string;
  /** The path of a script there. */
  readonly asset: string;
  /** How long to wait for what may never come; ms. */
  readonly patience: number;
}

/** A server that lets everybody in gives something on every attempt. */
export async function attempt({ target, asset, patience }: Attack): Promise<Gains> {
  const NOTHING = 'nothing';
  const gains: Gains = {};
  let marks = 0;
  const within = (work: (got: (what: string) => void) => void): Promise<string> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(NOTHING), patience);
      work((what) => {
        clearTimeout(timer);
        resolve(what);
      });
    });
  const fetched = async (path: string, init: RequestInit = {}): Promise<string> => {
    try {
      const reply = await fetch(target + path, init);
      const text = await reply.text();
      return reply.ok && text !== '' ? `read ${text.slice(0, 20)}` : NOTHING;
    } catch {
      return NOTHING;
    }
  };
  const element = (tag: string, attributes: Record<string, string>): Promise<string> =>
    within((got) => {
      const one = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
      one.addEventListener('load', () => got('loaded'));
      one.addEventListener('loadeddata', () => got('loaded'));
      one.addEventListener('error', () => got(NOTHING));
      document.head.append(one);
    });
  // A page of a careless server says its fragment to whoever frames or opened it; of a closed one nothing is heard.
  const heard = (begin: (fragment: string) => unknown): Promise<string> =>
    within((got) => {
      marks += 1;
      const fragment = `#${marks}`;
      window.addEventListener('message', ({ data, origin }: MessageEvent) => {
        if (origin === target && data === fragment) got('heard');
      });
      begin(fragment);
    });
  const contained = (
    tag: string,
    name: string,
    path: string,
    attributes: Record<string, string> = {},
  ): Promise<string> =>
    heard((fragment) => {
      const one = document.createElement(tag);
      for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
      one.setAttribute(name, target + path + fragment);
      document.body.append(one);
    });
  const submitted = (method: string): Promise<string> =>
    heard((fragment) => {
      const frame = document.createElement('iframe');
      frame.name = `answer-${method}`;
      const form = document.createElement('form');
      const action = `${target}/api/session${fragment}`;
      Object.assign(form, { action, method, target: frame.name, enctype: 'text/plain' });
      const field = document.createElement('input');
      // As text/plain this reads as JSON.
      Object.assign(field, { name: '{"code":"', value: `${'A'.repeat(22)}"}` });
      form.append(field);
      document.body.append(frame, form);
      form.submit();
    });
  const windowed = async (path: string): Promise<string> => {
    let opened: Window | null = null;
    const gain = await heard((fragment) => (opened = window.open(target + path + fragment)));
    (opened as Window | null)?.postMessage({ id: 1, command: 'contact.list', params: {} }, '*');
    (opened as Window | null)?.close();
    return gain;
  };

  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ code: 'A'.repeat(22) });
  gains['fetch of the page'] = await fetched('/');
  gains['fetch of an asset'] = await fetched(asset);
  gains['fetch with credentials'] = await fetched('/', { credentials: 'include' });
  gains['fetch with a header'] = await fetched('/', { headers: { 'x-loom': '1' } });
  gains['fetch with JSON'] = await fetched('/api/session', { method: 'POST', headers: json, body });
  gains['fetch with text'] = await fetched('/api/session', { method: 'POST', body });
  gains['fetch of the socket'] = await fetched('/ws');
  gains['a request with PUT'] = await fetched('/', { method: 'PUT', body });
  gains.XMLHttpRequest = await within((got) => {
    const request = new XMLHttpRequest();
    request.onload = () => got(request.status === 200 ? 'read' : NOTHING);
    request.onerror = () => got(NOTHING);
    request.open('GET', `${target}/`);
    request.send();
  });
  gains.WebSocket = await within((got) => {
    const socket = new WebSocket(`${target.replace('http', 'ws')}/ws`);
    socket.onopen = () => got('open');
    socket.onerror = () => got(NOTHING);
  });
  gains['WebSocket with a protocol'] = await within((got) => {
    const socket = new WebSocket(`${target.replace('http', 'ws')}/ws`, 'loom');
    socket.onopen = () => got('open');
    socket.onerror = () => got(NOTHING);
  });
  gains.EventSource = await within((got) => {
    const source = new EventSource(`${target}/events`);
    const end = (gain: string): void => {
      source.close();
      got(gain);
    };
    source.onopen = () => end('open');
    source.onerror = () => end(NOTHING);
  });
  gains.script = await element('script', { src: target + asset });
  gains['module script'] = await element('script', { src: target + asset, type: 'module' });
  gains['page as a script'] = await element('script', { src: `${target}/` });
  gains['style sheet'] = await element('link', { rel: 'stylesheet', href: `${target}/style.css` });
  gains.image = await element('img', { src: `${target}/image.svg` });
  gains.import = await import(/* @vite-ignore */ target + asset).then(
    () => 'loaded',
    () => NOTHING,
  );
  gains['import in a worker'] = await within((got) => {
    const source = `import(${JSON.stringify(target + asset)}).then(() => postMessage('in'), () => postMessage('out'))`;
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    const worker = new Worker(url, { type: 'module' });
    worker.onmessage = ({ data }) => got(data === 'in' ? 'loaded in a worker' : NOTHING);
  });
  const frames: Record<string, Promise<string>> = {
    object: contained('object', 'data', '/'),
    embed: contained('embed', 'src', '/'),
    'frame of the page': contained('iframe', 'src', '/'),
    'frame of the landing page': contained('iframe', 'src', '/open'),
    'frame in a sandbox': contained('iframe', 'src', '/', { sandbox: 'allow-scripts allow-same-origin' }),
    'frame without a name': contained('iframe', 'src', '/', { referrerpolicy: 'no-referrer' }),
    'form post': submitted('post'),
    'form get': submitted('get'),
  };
  for (const [name, gain] of Object.entries(frames)) gains[name] = await gain;
  // These come last, one by one: in the background a page and its frames are slow to hear.
  gains['window of the page'] = await windowed('/');
  gains['window of the landing page'] = await windowed('/open');
  // Nobody hears the answer; whether it changed something shows at the server.
  navigator.sendBeacon(`${target}/api/session`, body);
  await fetch(`${target}/api/session`, { method: 'POST', mode: 'no-cors', body }).catch(() => undefined);
  return gains;
}
