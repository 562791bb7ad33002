/**
 * The shapes of Xero's answers, read by `parseJsonExact`, so that amounts keep their characters. Only what is used is
 * named, and wide enough that a null or a missing field gets a reason of its own; Xero adds fields without notice.
 */
import * as z from 'zod'
import { isJsonNumber, type JsonNumber } from '../../domain/json.ts'

const numberText = z.union([z.string(), z.custom<JsonNumber>(isJsonNumber).transform((token) => token.source)])
const count = numberText.transform(Number).pipe(z.int().nonnegative())

const messages = z.array(z.object({ Message: z.string().nullish() })).nullish()

export const journalSchema = z.object({
  ManualJournalID: z.string().nullish(),
  Narration: z.string().nullish(),
  Date: z.string().nullish(),
  Status: z.string().nullish(),
  UpdatedDateUTC: z.string().nullish(),
  StatusAttributeString: z.string().nullish(),
  ValidationErrors: messages,
  JournalLines: z
    .array(
      z.object({
        LineAmount: numberText,
        AccountCode: z.string().nullish(),
        AccountID: z.string().nullish(),
        Description: z.string().nullish(),
        TaxType: z.string().nullish(),
        TaxAmount: numberText.nullish(),
        IsBlank: z.boolean().nullish(),
        Tracking: z.array(z.object({ Name: z.string().nullish(), Option: z.string().nullish() })).nullish(),
      }),
    )
    .nullish(),
})
export type XeroJournal = z.infer<typeof journalSchema>

/** Journals are looked at one by one, so that one nobody asked for cannot spoil the others. */
export const journalsSchema = z.object({
  ManualJournals: z.array(z.unknown()),
  pagination: z.object({ page: count, pageCount: count, itemCount: count }).nullish(),
})

/** Of an error: a list of elements with what is wrong with each, or a problem with a title. */
export const problemSchema = z.object({
  Type: z.string().nullish(),
  Message: z.string().nullish(),
  Title: z.string().nullish(),
  Detail: z.string().nullish(),
  Elements: z.array(z.object({ ValidationErrors: messages })).nullish(),
})

export const organisationsSchema = z.object({
  Organisations: z
    .array(
      z.object({
        OrganisationID: z.string().nullish(),
        Name: z.string(),
        BaseCurrency: z.string().regex(/^[A-Z]{3}$/),
        PeriodLockDate: z.string().nullish(),
        EndOfYearLockDate: z.string().nullish(),
      }),
    )
    .length(1),
})

const status = z.string().nullish()

export const accountsSchema = z.object({
  Accounts: z.array(
    z.object({
      AccountID: z.string(),
      Code: z.string().nullish(),
      Name: z.string(),
      Type: z.string(),
      Status: status,
      SystemAccount: z.string().nullish(),
      CurrencyCode: z.string().nullish(),
    }),
  ),
})
export type XeroAccountRow = z.infer<typeof accountsSchema>['Accounts'][number]

export const taxRatesSchema = z.object({
  TaxRates: z.array(z.object({ TaxType: z.string(), Name: z.string(), Status: status })),
})

export const trackingSchema = z.object({
  TrackingCategories: z.array(
    z.object({
      Name: z.string(),
      Status: status,
      Options: z.array(z.object({ Name: z.string(), Status: status })).nullish(),
    }),
  ),
})
