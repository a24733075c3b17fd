/** Bytes for transfers, and what a `net.Socket` that serves as peer received of them. */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';

/** Reads so many bytes as text, or all until the end. */
export async function textOf(socket: Socket, length: number): Promise<string> {
  let text = '';
  await new Promise<void>((resolve) => {
    const done = () => {
      socket.off('data', onData);
      socket.off('end', done);
      resolve();
    };
    const onData = (bytes: Buffer) => {
      text += bytes.latin1Slice();
      if (text.length >= length) done();
    };
    socket.on('data', onData);
    socket.on('end', done);
    socket.resume();
  });
  return text;
}

export async function bytesOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function digestOf(socket: Socket): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of socket) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Resolves when the socket has seen the end, or an error. */
export function ended(socket: Socket): Promise<void> {
  socket.resume();
  if (socket.readableEnded || socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes that differ at every offset: xorshift32. */
export function pseudoRandom(length: number, seed = 1): Buffer {
  const words = new Int32Array(length / 4);
  let state = 0x9e3779b9 ^ (seed + 1);
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return Buffer.from(words.buffer);
}
