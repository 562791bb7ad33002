/** How each kind of file is opened for import: its reader decides the layout once, and hands on raw chunks. */
import { openEvidenceFile } from '../sources/evidence-file/evidence-file.ts'
import { openOrderHistory, type OrderHistoryOptions } from '../sources/panel/order-history.ts'
import { basename } from 'node:path'
import type { ImportFile } from './import-file.ts'

export function orderHistoryFile(
  path: string,
  source: string,
  options: Omit<OrderHistoryOptions, 'fileName'>,
): ImportFile {
  const open: ImportFile['open'] = (stream) => openOrderHistory(stream, { ...options, fileName: basename(path) })
  return { path, kind: 'order-history', source, open }
}

export function evidenceFile(path: string): ImportFile {
  return {
    path,
    kind: 'evidence-file',
    source: '',
    open: (stream) => openEvidenceFile(stream, { fileName: basename(path) }),
  }
}
