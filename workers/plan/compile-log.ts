/** Compiles how a proxy logs: the format of its lines, when they are written and the targets they go to. */
import type { ProxyModel } from '../../config/model/model.ts';
import { samples } from '../../src/catalog.ts';
import type { LogFormatModel } from '../../src/keyword/language-model.ts';
import { needsServerEnds } from '../../src/log/aliases.ts';
import { compileLogLine } from '../../src/log/compile-log-format.ts';
import type { LogSite, WriteItem } from '../../src/log/declare.ts';
import { standardFormat } from '../../src/log/formats.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';
import type { LogTarget } from '../log/datagram-target.ts';
import { LogMoment, type LogPlan } from '../log/log-plan.ts';
import { ProxyLog } from '../log/proxy-log.ts';
import type { LogIdentity } from '../log/target-lines.ts';

/** What one thread's logs have in common. */
export interface LogFactory {
  readonly identity: LogIdentity;
  /** What formats tell of this process; formats in rules are compiled with it as it is. */
  readonly site: LogSite;
  /** The longest text of a line: of all targets of the process, the one that takes most decides, as in HAProxy. */
  readonly textMaxBytes: number;
  /** The thread's open target for an address; equal addresses share one. */
  open(settings: TargetSettings): LogTarget;
}

export function compileProxyLog(proxy: ProxyModel, factory: LogFactory): LogPlan | null {
  if (proxy.logs.length === 0 || proxy.kind === 'backend') return null;
  const { settings } = proxy;
  const format = formatOf(proxy);
  const moment = momentOf(proxy);
  const site = { ...factory.site, isEarly: settings.logAsap === true };
  return new ProxyLog({
    name: proxy.name,
    settings: proxy.logs,
    textMaxBytes: factory.textMaxBytes,
    identity: { ...factory.identity, tag: settings.logTag ?? factory.identity.tag },
    moment,
    needsServerEnds: [format, settings.structuredData].some(
      (each) => each !== undefined && needsServerEnds(each),
    ),
    writeLine: compileLogLine(format, { site, samples }),
    writeErrorLine: lineOf(settings.errorLogFormat, site),
    writeStructuredData: moment === LogMoment.BEGIN ? null : lineOf(settings.structuredData, site),
    dropsNormal: settings.dontLogNormal === true && moment !== LogMoment.BEGIN,
    separatesErrors: settings.logSeparateErrors === true,
    open: (target) => factory.open(target),
  });
}

function lineOf(format: LogFormatModel | undefined, site: LogSite): WriteItem | null {
  return format === undefined ? null : compileLogLine(format, { site, samples });
}

function formatOf({ settings, mode }: ProxyModel): LogFormatModel {
  const choice = settings.logFormat;
  if (choice === undefined) return standardFormat(`${mode}-accept`);
  return choice.kind === 'custom' ? choice.format : standardFormat(choice.kind);
}

function momentOf({ settings }: ProxyModel): LogMoment {
  if (settings.logFormat === undefined) return LogMoment.BEGIN;
  return settings.logAsap === true ? LogMoment.RESPONSE : LogMoment.END;
}
