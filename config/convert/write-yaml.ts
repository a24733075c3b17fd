/** A document as YAML: the shape that `config/yaml` reads. */
import { isMap, isScalar, isSeq, type Pair, type Scalar, visit, Document as YamlDocument } from 'yaml';
import type { Document, Section } from '../document/document.ts';
import { PROXIES_KEY, PROXY_KINDS, PROXY_MAPS } from '../yaml/read-sections.ts';
import { vocabularies } from '../yaml/vocabulary.ts';
import { nameDefaults } from './defaults-names.ts';
import { sectionMap, type YamlData, type YamlMapData } from './section-map.ts';

export function writeYaml({ sections }: Document): string {
  const names = nameDefaults(sections);
  const top: YamlMapData = new Map();
  const global = sections.filter(({ kind }) => kind === 'global').flatMap(({ statements }) => statements);
  if (global.length > 0) top.set('global', sectionMap(global, vocabularies.global));
  const defaults = names.sections.map(({ section, name }) =>
    defaultsMap(section, name, section === null ? null : names.baseOf(section)),
  );
  if (defaults.length > 0)
    top.set(
      'defaults',
      defaults.length === 1 && names.sections[0]!.section !== null ? defaults[0]! : defaults,
    );
  const proxies = sections.filter(({ kind }) => PROXY_KINDS.includes(kind));
  const bodyOf = (section: Section) => body(section, names.baseOf(section));
  if (isGrouped(proxies)) addGrouped(top, proxies, bodyOf);
  else
    top.set(
      PROXIES_KEY,
      proxies.map(
        (section) =>
          new Map<string | number, YamlData>([
            [section.kind, section.header[0]?.text ?? ''],
            ...bodyOf(section),
          ]),
      ),
    );
  return yamlText(top);
}

function defaultsMap(section: Section | null, name: string | null, from: string | null): YamlMapData {
  const header: YamlMapData = new Map();
  if (name !== null) header.set('name', name);
  return section === null ? header : new Map([...header, ...body(section, from)]);
}

function body({ statements }: Section, from: string | null): YamlMapData {
  const map = sectionMap(statements, vocabularies.proxy);
  return from === null ? map : new Map<string | number, YamlData>([['from', from], ...map]);
}

/** Whether maps by kind keep the order: each kind in one run, and no name twice. */
function isGrouped(proxies: readonly Section[]): boolean {
  const runs = proxies.filter(({ kind }, i) => i === 0 || proxies[i - 1]!.kind !== kind);
  const names = new Set(proxies.map(({ kind, header }) => `${kind} ${header[0]?.text}`));
  return runs.length === new Set(proxies.map(({ kind }) => kind)).size && names.size === proxies.length;
}

function addGrouped(
  top: YamlMapData,
  proxies: readonly Section[],
  bodyOf: (section: Section) => YamlMapData,
): void {
  for (const section of proxies) {
    const key = [...PROXY_MAPS].find(([, kind]) => kind === section.kind)![0];
    const map = (top.get(key) as YamlMapData | undefined) ?? new Map<string | number, YamlData>();
    top.set(key, map.set(section.header[0]?.text ?? '', bodyOf(section)));
  }
}

/** Short lists of words on one line, an empty line before each section. */
function yamlText(top: YamlMapData): string {
  if (top.size === 0) return '{}\n';
  const document = new YamlDocument(top, { version: '1.2', aliasDuplicateObjects: false });
  visit(document, {
    Seq(_key, list) {
      if (
        list.items.every(
          (item) =>
            isScalar(item) && String(item.value).length <= SHORT_WORD && !/\s/.test(String(item.value)),
        )
      )
        list.flow = true;
    },
    Map(_key, map) {
      if (map.items.length === 0) map.flow = true;
    },
  });
  const { contents } = document;
  if (isMap(contents))
    for (const [i, pair] of contents.items.entries()) spaceOut(pair as Pair<Scalar, unknown>, i > 0);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Words up to this length stand beside one another in a list. */
const SHORT_WORD = 24;

function spaceOut({ key, value }: Pair<Scalar, unknown>, hasBefore: boolean): void {
  key.spaceBefore = hasBefore;
  const sections = isSeq(value)
    ? value.items
    : isMap(value) && PROXY_MAPS.has(String(key.value))
      ? value.items.map((pair) => pair.key)
      : [];
  for (const section of sections.slice(1)) (section as Scalar).spaceBefore = true;
}
