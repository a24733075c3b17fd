/** Who has a connection between its accept and the owner that `onAccept` sets; ends what is left without one. */
import type { Connection, ConnectionOwner } from './connection.ts';

export const UNOWNED: ConnectionOwner = {
  onConnect: () => {},
  onBytes: (connection: Connection) => connection.destroy(),
  onEnd: (connection: Connection) => connection.destroy(),
  onDrain: () => {},
  onClose: () => {},
};
