/** What is used of proper-lockfile, which brings no types. */
declare module 'proper-lockfile' {
  interface LockOptions {
    readonly stale?: number;
    readonly update?: number;
    readonly realpath?: boolean;
    onCompromised?(error: Error): void;
  }
  /** Throws when this process does not have it. */
  export function unlockSync(file: string, options?: { readonly realpath?: boolean }): void;
  /** Rejects with code ELOCKED when someone else has it. */
  export function lock(file: string, options?: LockOptions): Promise<() => Promise<void>>;
}
