/** How each kind of file is opened for import: its reader decides the layout once, and hands on raw chunks. */
import type { PanelConfig } from '../config/model.ts'
import { InputError } from '../domain/errors.ts'
import { openEvidenceFile } from '../sources/evidence-file/evidence-file.ts'
import type { CsvChunk } from '../sources/csv/open.ts'
import { createFooting, type FootingCounter } from '../sources/panel/history-footing.ts'
import type { OrderHistoryLayout } from '../sources/panel/history-layout.ts'
import { HISTORY_FIELDS } from '../sources/panel/history-columns.ts'
import { openOrderHistory, readOrderHistoryChunk, type OrderHistoryOptions } from '../sources/panel/order-history.ts'
import { basename } from 'node:path'
import type { ImportFile } from './import-file.ts'

export function orderHistoryFile(
  path: string,
  source: string,
  options: Omit<OrderHistoryOptions, 'fileName'>,
): ImportFile {
  const open: ImportFile['open'] = async (stream) => {
    const { layout, chunks } = await openOrderHistory(stream, { ...options, fileName: basename(path) })
    const footing = createFooting(layout.timeZone)
    return { layout, chunks: footed(chunks, layout, footing), footing: footing.result }
  }
  return { path, kind: 'order-history', source, open }
}

async function* footed(
  chunks: AsyncIterable<CsvChunk>,
  layout: OrderHistoryLayout,
  footing: FootingCounter,
): AsyncGenerator<CsvChunk, void, undefined> {
  for await (const chunk of chunks) {
    footing.add(readOrderHistoryChunk(layout, chunk))
    yield chunk
  }
}

/** What was said on a command line goes before what the configuration says of the panel's histories. */
export function historyOptions(
  panel: PanelConfig,
  said: Partial<Omit<OrderHistoryOptions, 'fileName'>> = {},
): Omit<OrderHistoryOptions, 'fileName'> {
  const { timeZone, decimal, dateOrder, delimiter, columns } = panel.history ?? {}
  return {
    ...(decimal === undefined ? {} : { decimal }),
    ...(dateOrder === undefined ? {} : { dayOrder: dateOrder === 'dmy' ? 'day-first' : 'month-first' }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(columns === undefined ? {} : { columns: historyColumns(panel.name, columns) }),
    ...said,
    timeZone: historyTimeZone(panel, said.timeZone ?? timeZone),
  }
}

/** Throws InputError for a field that no history has. */
function historyColumns(
  panel: string,
  columns: Readonly<Record<string, string>>,
): NonNullable<OrderHistoryOptions['columns']> {
  const unknown = Object.keys(columns).find((name) => !HISTORY_FIELDS.some((field) => field === name))
  if (unknown === undefined) return columns
  throw new InputError(
    'HISTORY_COLUMNS',
    `history.columns of "${panel}" names the field "${unknown}", which no order history has.`,
    `The fields are ${HISTORY_FIELDS.join(', ')}.`,
  )
}

/**
 * The zone of a history's dates: the one given, or the one the configuration states for the panel. Throws InputError when
 * neither does, because a guessed zone would move orders to another day and nobody would see it.
 */
export function historyTimeZone(panel: PanelConfig, given: string | undefined): string {
  if (given !== undefined) return given
  if (panel.timeZoneStated) return panel.timeZone
  throw new InputError(
    'TIME_ZONE_NEEDED',
    `The dates in an order history carry no time zone, and the configuration states none for "${panel.name}".`,
    "Add --time-zone Europe/Berlin (the zone in your settings on the panel's site), or timeZone: to the source.",
  )
}

export function evidenceFile(path: string): ImportFile {
  return {
    path,
    kind: 'evidence-file',
    source: '',
    open: (stream) => openEvidenceFile(stream, { fileName: basename(path) }),
  }
}
