/** Kinds of secret, and one of each to send through a path. */
import fc from 'fast-check'

/** Kinds of secret in the forms that their providers document. Made at random in each run, never real. */
export const KINDS: Readonly<Record<string, RegExp>> = {
  'OpenAI key': /^sk-[A-Za-z0-9]{48}$/,
  'OpenAI project key': /^sk-proj-[A-Za-z0-9_-]{120,156}[A-Za-z0-9]$/,
  'OpenAI service account key': /^sk-svcacct-[A-Za-z0-9_-]{120}$/,
  'OpenAI admin key': /^sk-admin-[A-Za-z0-9_-]{120}$/,
  'Anthropic key': /^sk-ant-api03-[A-Za-z0-9_-]{93}AA$/,
  'Anthropic admin key': /^sk-ant-admin01-[A-Za-z0-9_-]{93}AA$/,
  'OpenRouter key': /^sk-or-v1-[0-9a-f]{64}$/,
  'DeepSeek key': /^sk-[0-9a-f]{32}$/,
  'Langfuse secret key': /^sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  'Groq key': /^gsk_[A-Za-z0-9]{52}$/,
  'xAI key': /^xai-[A-Za-z0-9]{80}$/,
  'Perplexity key': /^pplx-[A-Za-z0-9]{48}$/,
  'Replicate token': /^r8_[A-Za-z0-9]{37}$/,
  'NVIDIA key': /^nvapi-[A-Za-z0-9_-]{64}$/,
  'Hugging Face token': /^hf_[A-Za-z0-9]{34}$/,
  'Hugging Face organisation token': /^api_org_[A-Za-z]{34}$/,
  'Cerebras key': /^csk-[a-z0-9]{48}$/,
  'Together key': /^tgp_v1_[A-Za-z0-9_-]{43}$/,
  'Fireworks key': /^fw_[A-Za-z0-9]{22,24}$/,
  'ElevenLabs key': /^sk_[0-9a-f]{48}$/,
  'Pinecone key': /^pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}$/,
  'LangSmith key': /^lsv2_(pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}$/,
  'Jina key': /^jina_[A-Za-z0-9_-]{60}$/,
  'Tavily key': /^tvly-(dev-)?[A-Za-z0-9]{32}$/,
  'Firecrawl key': /^fc-[0-9a-f]{32}$/,
  'E2B key': /^e2b_[0-9a-f]{40}$/,
  'RunPod key': /^rpa_[A-Z0-9]{40}[a-z0-9]{6}$/,
  'Google API key': /^AIza[A-Za-z0-9_-]{35}$/,
  'Google OAuth token': /^ya29\.[A-Za-z0-9_-]{60,120}$/,
  'Google OAuth client secret': /^GOCSPX-[A-Za-z0-9_-]{28}$/,
  'AWS access key id': /^AKIA[A-Z2-7]{16}$/,
  'AWS temporary key id': /^ASIA[A-Z2-7]{16}$/,
  'Amazon Bedrock key': /^ABSK[A-Za-z0-9+/]{109}=?$/,
  'Amazon Bedrock short-term key': /^bedrock-api-key-[A-Za-z0-9+/]{100}$/,
  'Azure application secret': /^[A-Za-z0-9]{3}[0-9]Q~[A-Za-z0-9_~.-]{33}[A-Za-z0-9]$/,
  'Alibaba access key id': /^LTAI[A-Za-z0-9]{20}$/,
  'Tencent secret id': /^AKID[A-Za-z0-9]{32}$/,
  'DigitalOcean token': /^do[opr]_v1_[0-9a-f]{64}$/,
  'Heroku key': /^HRKU-AA[A-Za-z0-9_-]{58}$/,
  'Netlify token': /^nfp_[A-Za-z0-9]{36}$/,
  'Render key': /^rnd_[A-Za-z0-9]{28}$/,
  'Databricks token': /^dapi[0-9a-f]{32}$/,
  'PlanetScale token': /^pscale_tkn_[A-Za-z0-9_]{43}$/,
  'Supabase token': /^sbp_[0-9a-f]{40}$/,
  'Supabase secret key': /^sb_secret_[A-Za-z0-9_-]{31}$/,
  'Vault token': /^hvs\.[A-Za-z0-9_-]{90,100}$/,
  'Terraform token': /^[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9]{67}$/,
  'Pulumi token': /^pul-[0-9a-f]{40}$/,
  'Doppler token': /^dp\.(pt|ct)\.[A-Za-z0-9]{43}$/,
  'Doppler service token': /^dp\.st\.[a-z]{3,10}\.[A-Za-z0-9]{43}$/,
  '1Password service token': /^ops_eyJ[A-Za-z0-9_-]{250}$/,
  'age secret key': /^AGE-SECRET-KEY-1[A-Z0-9]{58}$/,
  'GitHub token': /^gh[pousr]_[A-Za-z0-9]{36}$/,
  'GitHub fine-grained token': /^github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}$/,
  'GitLab token': /^glpat-[A-Za-z0-9_-]{20}$/,
  'GitLab deploy or runner token': /^gl(dt|rt|ptt|ft|soat)-[A-Za-z0-9_-]{20}$/,
  'Atlassian token': /^ATATT3xFfGF0[A-Za-z0-9_=-]{170}$/,
  'Bitbucket password': /^ATBB[A-Za-z0-9]{32}$/,
  'npm token': /^npm_[A-Za-z0-9]{36}$/,
  'PyPI token': /^pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{100}$/,
  'RubyGems key': /^rubygems_[0-9a-f]{48}$/,
  'Docker token': /^dckr_pat_[A-Za-z0-9_-]{27}$/,
  'SonarQube token': /^sq[upa]_[0-9a-f]{40}$/,
  'Postman key': /^PMAK-[0-9a-f]{24}-[0-9a-f]{34}$/,
  'New Relic key': /^NRAK-[A-Z0-9]{27}$/,
  'Grafana service token': /^glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}$/,
  'Grafana cloud token': /^glc_eyJ[A-Za-z0-9+/]{80}$/,
  'Sentry organisation token': /^sntrys_eyJ[A-Za-z0-9+/]{80}_[A-Za-z0-9+/]{43}$/,
  'Sentry user token': /^sntryu_[0-9a-f]{64}$/,
  'PostHog personal key': /^phx_[A-Za-z0-9]{43}$/,
  'Slack bot token': /^xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}$/,
  'Slack app token': /^xapp-1-A[A-Z0-9]{10}-[0-9]{13}-[0-9a-f]{64}$/,
  'Slack rotated token': /^xoxe\.xoxp-1-[A-Za-z0-9]{160}$/,
  'Telegram bot token': /^[0-9]{8,10}:AA[A-Za-z0-9_-]{33}$/,
  'Discord bot token': /^[MNO][A-Za-z0-9]{23}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{38}$/,
  'Mailgun key': /^key-[0-9a-f]{32}$/,
  'Mailchimp key': /^[0-9a-f]{32}-us[0-9]{1,2}$/,
  'SendGrid key': /^SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/,
  'Resend key': /^re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}$/,
  'Twilio key': /^SK[0-9a-f]{32}$/,
  'Stripe key': /^[sr]k_(live|test)_[A-Za-z0-9]{24,99}$/,
  'Stripe webhook secret': /^whsec_[A-Za-z0-9]{32}$/,
  'Shopify token': /^shp(at|ca|pa|ss)_[0-9a-f]{32}$/,
  'Square token': /^sq0(atp|csp)-[A-Za-z0-9_-]{22,43}$/,
  'Linear key': /^lin_api_[A-Za-z0-9]{40}$/,
  'Notion token': /^(ntn_[A-Za-z0-9]{46}|secret_[A-Za-z0-9]{43})$/,
  'Figma token': /^figd_[A-Za-z0-9_-]{40}$/,
  'Airtable token': /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}$/,
  'Dropbox token': /^sl\.(u\.)?[A-Za-z0-9_-]{130,152}$/,
  'JSON Web Token': /^eyJ[A-Za-z0-9_-]{20,60}\.eyJ[A-Za-z0-9_-]{20,90}\.[A-Za-z0-9_-]{43}$/,
}

/** What shows that it is a secret stands around these. */
export const PARTS: Readonly<Record<string, readonly [before: string, secret: RegExp, after: string]>> = {
  'Slack webhook': ['https://hooks.slack.com/services/', /^T[A-Z0-9]{8}\/B[A-Z0-9]{8}\/[A-Za-z0-9]{24}$/, ''],
  'Discord webhook': ['https://discord.com/api/webhooks/123456789012345678/', /^[A-Za-z0-9_-]{68}$/, ''],
  'Azure storage key': ['AccountName=a;AccountKey=', /^[A-Za-z0-9+/]{86}==$/, ''],
  'password in an address': ['postgres://app:', /^[A-Za-z0-9]{12,30}$/, '@db/x'],
  'bearer token': ['Authorization: Bearer ', /^[A-Za-z0-9_-]{20}[0-9]{4}$/, ''],
  'key in a query': ['https://api.example/v1?key=', /^[A-Za-z0-9]{20}$/, '&model=m'],
}

export interface Secret {
  readonly kind: string
  /** What must be nowhere. */
  readonly secret: string
  /** The secret with what shows that it is one. */
  readonly shown: string
}

/** One of each kind, new in each run. */
export function oneOfEach(): Secret[] {
  const bare = Object.entries(KINDS).map(([kind, form]) => [kind, '', form, ''] as const)
  const parts = Object.entries(PARTS).map(([kind, part]) => [kind, ...part] as const)
  return [...bare, ...parts].map(([kind, before, form, after]) => {
    const [secret = ''] = fc.sample(fc.noBias(fc.stringMatching(form)), 1)
    return { kind, secret, shown: before + secret + after }
  })
}
