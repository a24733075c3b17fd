/** Numbers of users and groups by name, for the owners of unix sockets. */
import { readFileSync } from 'node:fs';

/** The uid of a user. Throws an Error that names it when the system does not know it. */
export function userId(name: string): number {
  return lookUp('/etc/passwd', name, 'user');
}

/** The gid of a group. Throws an Error that names it when the system does not know it. */
export function groupId(name: string): number {
  return lookUp('/etc/group', name, 'group');
}

function lookUp(file: string, name: string, kind: string): number {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const fields = line.split(':');
    if (fields[0] === name && /^\d+$/.test(fields[2] ?? '')) return Number(fields[2]);
  }
  throw new Error(`unknown ${kind} '${name}'`);
}
