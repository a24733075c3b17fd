/** Which socket options the configuration asks for: on client and server connections, and on listening sockets. */
import type { BindModel, GlobalSettings, ProxyModel } from '../../config/model/model.ts';
import { type ConnectionTuning, type ListenerTuning, NO_TUNING } from '../connection/socket-tuning.ts';

/** Null where nothing is asked for. */
export function compileClientTuning(proxy: ProxyModel, global: GlobalSettings): ConnectionTuning | null {
  const { settings } = proxy;
  return tuningOrNull({
    keepAlive: settings.clientTcpKeepAlive ?? settings.tcpKeepAlive ?? false,
    keepAliveCount: settings.clientKeepAliveCount ?? 0,
    keepAliveIdleSeconds: seconds(settings.clientKeepAliveIdleMs),
    keepAliveIntervalSeconds: seconds(settings.clientKeepAliveIntervalMs),
    noLinger: hasSocketLinger(proxy),
    receiveBufferBytes: global.clientReceiveBufferBytes ?? 0,
    sendBufferBytes: global.clientSendBufferBytes ?? 0,
    notSentLowatBytes: global.clientNotSentLowatBytes ?? 0,
  });
}

/** Null where nothing is asked for. */
export function compileServerTuning(proxy: ProxyModel, global: GlobalSettings): ConnectionTuning | null {
  const { settings } = proxy;
  return tuningOrNull({
    keepAlive: settings.serverTcpKeepAlive ?? settings.tcpKeepAlive ?? false,
    keepAliveCount: settings.serverKeepAliveCount ?? 0,
    keepAliveIdleSeconds: seconds(settings.serverKeepAliveIdleMs),
    keepAliveIntervalSeconds: seconds(settings.serverKeepAliveIntervalMs),
    noLinger: hasSocketLinger(proxy),
    receiveBufferBytes: global.serverReceiveBufferBytes ?? 0,
    sendBufferBytes: global.serverSendBufferBytes ?? 0,
    notSentLowatBytes: global.serverNotSentLowatBytes ?? 0,
  });
}

export function compileListenerTuning({ options }: BindModel): ListenerTuning {
  return {
    deferAccept: options.deferAccept ?? false,
    fastOpen: options.tcpFastOpen ?? false,
    maxSegmentBytes: options.mss ?? 0,
    userTimeoutMs: options.tcpUserTimeoutMs ?? 0,
    congestionControl: options.congestionControl ?? '',
    savedSyn: options.savedSyn ?? 0,
  };
}

/** `option nolinger` by the socket, for HTTP: a TCP session resets by itself, where HAProxy does. */
function hasSocketLinger({ mode, settings }: ProxyModel): boolean {
  return mode === 'http' && settings.noLinger === true;
}

function tuningOrNull(tuning: ConnectionTuning): ConnectionTuning | null {
  const isPlain = Object.entries(NO_TUNING).every(
    ([key, value]) => tuning[key as keyof ConnectionTuning] === value,
  );
  return isPlain ? null : tuning;
}

/** The kernel counts in whole seconds, and in none less than one. */
function seconds(timeMs = 0): number {
  return Math.ceil(timeMs / 1000);
}
