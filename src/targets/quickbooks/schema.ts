/**
 * The shapes of QuickBooks' answers, as read by `parseJsonExact`. Loose: Intuit adds fields without a word, and what is
 * not read here is kept as evidence. Only what a decision depends on is required.
 */
import * as z from 'zod'
import { isJsonNumber, type JsonNumber } from '../../domain/json.ts'

const numberText = z.custom<JsonNumber>(isJsonNumber, 'not a number').transform((token) => token.source)
/** Numbers keep their characters; an id may come as either. */
const textOrNumber = z.union([z.string(), numberText])
const reference = z.looseObject({ value: textOrNumber })

const lineDetail = z.looseObject({
  PostingType: z.string(),
  AccountRef: reference,
  Entity: z.looseObject({ Type: z.string().nullish(), EntityRef: reference.nullish() }).nullish(),
  ClassRef: reference.nullish(),
  DepartmentRef: reference.nullish(),
})

/** A line without the detail is a description or a subtotal, and moves nothing. */
const line = z.looseObject({
  Amount: textOrNumber.nullish(),
  Description: z.string().nullish(),
  JournalEntryLineDetail: lineDetail.nullish(),
})

const taxLine = z.looseObject({
  Amount: textOrNumber.nullish(),
  TaxLineDetail: z.looseObject({ TaxRateRef: reference.nullish() }).nullish(),
})

/** What a request and an answer have in common. */
export const entrySchema = z.looseObject({
  DocNumber: z.string().nullish(),
  TxnDate: z.string().nullish(),
  CurrencyRef: reference.nullish(),
  ExchangeRate: textOrNumber.nullish(),
  PrivateNote: z.string().nullish(),
  Line: z.array(line).nullish(),
  TxnTaxDetail: z.looseObject({ TaxLine: z.array(taxLine).nullish() }).nullish(),
})
export type EntryFields = z.infer<typeof entrySchema>

export const remoteSchema = entrySchema.extend({
  Id: textOrNumber.refine((id) => id !== '', 'is empty'),
  SyncToken: textOrNumber.nullish(),
  /** Only on what is not simply there: "Deleted". */
  status: z.string().nullish(),
})

/** The least of an entry: that it is there, and under which number. */
export const envelopeSchema = z.looseObject({
  Id: remoteSchema.shape.Id,
  SyncToken: textOrNumber.nullish().catch(null),
  status: z.string().nullish().catch(null),
  DocNumber: z.string().nullish().catch(null),
  TxnDate: z.string().nullish().catch(null),
  PrivateNote: z.string().nullish().catch(null),
})

const named = {
  Id: textOrNumber,
  Name: z.string().nullish(),
  FullyQualifiedName: z.string().nullish(),
  DisplayName: z.string().nullish(),
  Active: z.boolean().nullish(),
}
/** A class, department, customer or vendor. */
export const namedSchema = z.looseObject(named)
export type NamedFields = z.infer<typeof namedSchema>

export const accountSchema = z.looseObject({
  ...named,
  AcctNum: z.string().nullish(),
  AccountType: z.string().nullish(),
  CurrencyRef: reference.nullish(),
})
export type AccountFields = z.infer<typeof accountSchema>

const currencyPrefs = z.looseObject({
  HomeCurrency: reference.nullish(),
  MultiCurrencyEnabled: z.boolean().nullish(),
})

/** The currency stands in CurrencyPrefs, in some answers also above it. */
export const preferencesSchema = z.looseObject({
  Preferences: currencyPrefs.extend({
    CurrencyPrefs: currencyPrefs.nullish(),
    AccountingInfoPrefs: z
      .looseObject({
        BookCloseDate: z.string().nullish(),
        TrackDepartments: z.boolean().nullish(),
        ClassTrackingPerTxn: z.boolean().nullish(),
        ClassTrackingPerTxnLine: z.boolean().nullish(),
      })
      .nullish(),
  }),
})

export const companyInfoSchema = z.looseObject({ CompanyInfo: z.looseObject({ CompanyName: z.string().nullish() }) })

export const createdSchema = z.looseObject({ JournalEntry: z.unknown() })
/** No rows at all is an empty QueryResponse. */
export const querySchema = z.looseObject({ QueryResponse: z.looseObject({ totalCount: textOrNumber.nullish() }) })
export const rowsSchema = z.array(z.unknown())
export const changesSchema = z.looseObject({
  CDCResponse: z.array(
    z.looseObject({
      QueryResponse: z.array(z.looseObject({ JournalEntry: z.array(z.unknown()).nullish() })).nullish(),
    }),
  ),
})
