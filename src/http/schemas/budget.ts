import { Type } from 'typebox'
import { PERIODS } from '../../index.js'
import { TextOrNull } from './common.js'
import { ScopeSchema } from './stats.js'

const usd = (description: string) => Type.Number({ minimum: 0, description })

export const BudgetSchema = Type.Object(
  {
    scope: ScopeSchema,
    period: Type.Enum([...PERIODS, 'all']),
    from: TextOrNull('First millisecond of the period, UTC.'),
    to: TextOrNull('Last millisecond of the period, UTC.'),
    limit_usd: usd('What may be spent in the period.'),
    spent_usd: usd('By requests that ended; those without a known price cost nothing here.'),
    remaining_usd: usd('0 when the budget is spent.'),
    share: Type.Number({ minimum: 0, description: 'spent_usd / limit_usd.' }),
    is_over: Type.Boolean({ description: 'Nothing remains.' }),
    crossed: Type.Array(Type.Number(), { description: 'Shares that are told and were reached.' }),
    unpriced_requests: Type.Integer({ minimum: 0, description: 'Requests with tokens and no known price.' }),
  },
  { $id: 'Budget' },
)
