import { transportCompliance } from '../testing/network/transport-compliance.ts';
import { MemoryNetwork } from './memory.ts';
import { tcpTransport } from './tcp.ts';

transportCompliance('TCP over IPv4', () => ({ transport: tcpTransport, host: '127.0.0.1' }));
transportCompliance('TCP over IPv6', () => ({ transport: tcpTransport, host: '::1' }));
transportCompliance('memory', () => ({ transport: new MemoryNetwork().host('host-a'), host: 'host-a' }));
