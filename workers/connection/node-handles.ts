/**
 * Node's own socket handles, below `net.Socket`: the one file that knows them. They are semi-private, so that a
 * check at start proves the parts used here (`loadNodeHandles` returns null when one is missing), and
 * `plain-connection.ts` does the same work on `net.Socket`. What they save is in
 * `docs/decisions/2026-11-23-raw-handles.md`.
 */
import { hasSystemCalls } from '../../src/system/libc.ts';
import type { RawConnection } from './raw-connection.ts';
import type { RawListener } from './raw-listener.ts';

/** A connected or connecting socket of libuv. Results are 0 or minus a system error. */
export interface SocketHandle {
  readonly fd: number;
  /** Bytes of writes under way that the kernel has not taken yet. */
  readonly writeQueueSize: number;
  /** Called with `this` the handle; the count stands in `streamBaseState`. A returned buffer becomes the next one. */
  onread: (this: SocketHandle) => Buffer | undefined;
  /** Our own field: whose handle this is. */
  connection: RawConnection;
  useUserBuffer(buffer: Buffer): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: WriteRequest, buffer: Buffer): number;
  close(onClosed?: () => void): void;
  ref(): void;
  unref(): void;
}

export interface AddressOut {
  address?: string;
  port?: number;
}

export interface TcpHandle extends SocketHandle {
  open(fd: number): number;
  bind(host: string, port: number, flags?: number): number;
  bind6(host: string, port: number, flags?: number): number;
  listen(backlog: number): number;
  connect(request: ConnectRequest, host: string, port: number): number;
  connect6(request: ConnectRequest, host: string, port: number): number;
  setNoDelay(isOn: boolean): number;
  setKeepAlive(isOn: boolean, delaySeconds: number): number;
  getsockname(out: AddressOut): number;
  getpeername(out: AddressOut): number;
  /** Closes with RST. */
  reset(onClosed?: () => void): number;
}

export interface PipeHandle extends SocketHandle {
  open(fd: number): number;
  listen(backlog: number): number;
  connect(request: ConnectRequest, path: string): number;
}

/** A listening handle: its own `onconnection` and whose it is. */
export type ListenHandle = (TcpHandle | PipeHandle) & {
  onconnection: (this: ListenHandle, status: number, accepted: SocketHandle | undefined) => void;
  listener: RawListener;
};

export interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number) => void;
  /** Our own fields: whose write this is, and what it sends, kept alive until it is complete. */
  connection: RawConnection;
  buffer: Buffer | null;
}

export interface ConnectRequest {
  oncomplete: (this: ConnectRequest, status: number) => void;
  connection: RawConnection;
}

export interface NodeHandles {
  readonly TCP: new (type: number) => TcpHandle;
  readonly TCP_SOCKET: number;
  readonly TCP_SERVER: number;
  readonly TCPConnectWrap: new () => ConnectRequest;
  readonly Pipe: new (type: number) => PipeHandle;
  readonly PIPE_SOCKET: number;
  readonly PIPE_SERVER: number;
  readonly PipeConnectWrap: new () => ConnectRequest;
  readonly WriteWrap: new () => WriteRequest;
  /** What the last stream call or event was about, at the indices below. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

/** Minus the number of "end of file" in libuv, the same on all platforms. */
export const UV_EOF = -4095;

let handles: NodeHandles | null | undefined;

/** The handles, or null where this Node or platform lacks a part of them. The answer is kept. */
export function loadNodeHandles(): NodeHandles | null {
  if (handles === undefined) handles = hasSystemCalls() ? checkedHandles() : null;
  return handles;
}

type Binding = Readonly<Record<string, unknown>> & { readonly constants: Readonly<Record<string, unknown>> };

function checkedHandles(): NodeHandles | null {
  try {
    const binding = (process as unknown as { binding(name: string): Binding }).binding.bind(process);
    const tcp = binding('tcp_wrap');
    const pipe = binding('pipe_wrap');
    const stream = binding('stream_wrap');
    const found = {
      TCP: tcp['TCP'],
      TCP_SOCKET: tcp.constants['SOCKET'],
      TCP_SERVER: tcp.constants['SERVER'],
      TCPConnectWrap: tcp['TCPConnectWrap'],
      Pipe: pipe['Pipe'],
      PIPE_SOCKET: pipe.constants['SOCKET'],
      PIPE_SERVER: pipe.constants['SERVER'],
      PipeConnectWrap: pipe['PipeConnectWrap'],
      WriteWrap: stream['WriteWrap'],
      streamBaseState: stream['streamBaseState'],
      kReadBytesOrError: stream['kReadBytesOrError'],
      kLastWriteWasAsync: stream['kLastWriteWasAsync'],
    };
    const isComplete = Object.values(found).every((part) => part !== undefined);
    const candidate = found as NodeHandles;
    return isComplete && hasMethods(candidate) ? candidate : null;
  } catch {
    return null;
  }
}

const SOCKET_PARTS = [
  'onread',
  'fd',
  'writeQueueSize',
  'useUserBuffer',
  'readStart',
  'readStop',
  'writeBuffer',
  'close',
  'ref',
  'unref',
  'open',
  'listen',
  'connect',
];
const TCP_PARTS = [
  ...SOCKET_PARTS,
  'bind',
  'bind6',
  'connect6',
  'setNoDelay',
  'setKeepAlive',
  'getsockname',
  'getpeername',
  'reset',
];

function hasMethods(candidate: NodeHandles): boolean {
  if (!(candidate.streamBaseState instanceof Int32Array)) return false;
  const tcp = new candidate.TCP(candidate.TCP_SOCKET);
  const pipe = new candidate.Pipe(candidate.PIPE_SOCKET);
  const isWhole = TCP_PARTS.every((part) => part in tcp) && SOCKET_PARTS.every((part) => part in pipe);
  tcp.close();
  pipe.close();
  return isWhole;
}
