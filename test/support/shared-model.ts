/** Models for tests of the shared memory: only what slots and states are made from. */
import type {
  BindSettings,
  Model,
  ProxyModel,
  ServerModel,
  ServerSettings,
} from '../../config/model/model.ts';
import type { Address } from '../../src/net/address.ts';

const at = { file: 'test.cfg', line: 1, column: 1 };
const address: Address = {
  family: 'ipv4',
  host: '127.0.0.1',
  portLow: 80,
  portHigh: 80,
  portOffset: null,
  fd: -1,
  socket: 'stream',
  protocol: null,
  text: '127.0.0.1:80',
};

export interface ProxySketch {
  readonly id: number;
  readonly kind: ProxyModel['kind'];
  readonly maxconn?: number;
  readonly servers?: readonly ServerSettings[];
  readonly binds?: readonly BindSettings[];
}

export function modelOf(proxies: readonly ProxySketch[], maxconn?: number): Model {
  const model = {
    files: ['test.cfg'],
    global: maxconn === undefined ? {} : { maxconn },
    proxies: proxies.map(
      (sketch): Partial<ProxyModel> => ({
        id: sketch.id,
        name: `proxy${sketch.id}`,
        kind: sketch.kind,
        mode: 'http',
        at,
        settings: sketch.maxconn === undefined ? {} : { maxconn: sketch.maxconn },
        acls: {},
        binds: (sketch.binds ?? []).map((options, index) => ({
          id: index + 1,
          name: `sock-${index + 1}`,
          address,
          options,
          at,
        })),
        servers: (sketch.servers ?? []).map(
          (options, index): ServerModel => ({
            id: index + 1,
            name: `s${index + 1}`,
            address,
            resolvedHost: null,
            options,
            at,
          }),
        ),
      }),
    ),
  };
  return model as unknown as Model;
}

/** One backend of id 1 with these servers: its slot is 1, its servers' slots are 2 and on. */
export function backendModel(servers: readonly ServerSettings[], maxconn?: number): Model {
  return modelOf([{ id: 1, kind: 'backend', servers }], maxconn);
}
