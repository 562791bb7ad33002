/** The order list that the panel's site lets one download, in the column sets of domain.md 2.2. */
import { amountText } from '../amounts.ts'
import { localTimeIn } from './calendar.ts'
import type { PanelPlan } from './plan.ts'
import { roundTo } from './rounding.ts'
import type { Entry, Vendor } from './vendor.ts'
import { SERVICE_IDS } from './wire.ts'

export function ordersFile(plan: PanelPlan, vendor: Vendor, entries: readonly Entry[]): string {
  const isPage = plan.csv === 'orders-page'
  const header = isPage
    ? 'ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains'
    : 'Order id;Service;Link;Quantity;Start count;Remains;Charge;Status;Date;Finished'
  const rows = entries.map((entry) => {
    const { status, charge, remains } = vendor.said(entry)
    const { listDecimals } = plan.script
    const price = amountText(roundTo(charge ?? entry.gross, listDecimals, 'half-up'), listDecimals)
    const { id, link, quantity } = entry
    const date = localTime(plan, entry.atMs)
    const service = SERVICE_IDS[entry.service]
    return isPage
      ? [id, date, link, price, '0', quantity, service, status, remains].join(',')
      : [id, service, link, quantity, '0', remains, price.replace('.', ','), status, date, ''].join(';')
  })
  return `${header}\n${rows.join('\n')}\n`
}

/** As the site shows it, without a zone. */
function localTime({ script }: PanelPlan, ms: number): string {
  return localTimeIn(script.timeZone, ms)
}
