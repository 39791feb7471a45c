/**
 * Keys and tokens that are known by their look, as their providers document them. Each form takes all letters and digits
 * that follow it, so that what comes after never begins a key by itself. key-prefixes.ts has how they begin.
 */

/**
 * Where a key may begin: not inside a word, and not on the letter of an escape (`\npm_` is a newline and `pm_`),
 * but right after a whole escape (`\nsk-`) or after an escaped backslash.
 */
const START = String.raw`(?:(?<![A-Za-z0-9\\])|(?<=\\)(?![bfnrtu])|(?<=\\[bfnrt])|(?<=\\u[0-9a-fA-F]{4})|(?<=(?<!\\)(?:\\\\){1,8}))`

function keys(forms: readonly RegExp[]): RegExp {
  return new RegExp(`${START}(?:${forms.map((form) => form.source).join('|')})`, 'g')
}

export const DASHED_KEYS = keys([
  // OpenAI, Anthropic and the providers that took over their form.
  /sk-(?:(?:proj|svcacct|admin|None|ant|or|lf)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{20,}[A-Za-z0-9_-]*)/,
  /AIza[A-Za-z0-9_-]{30,}/, // Google
  /A[KS]IA[A-Z0-9]{16,}(?![A-Za-z0-9])/, // AWS
  /glpat-[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]+)*/, // GitLab
  /SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/, // SendGrid
  /SK[0-9a-f]{32}(?![A-Za-z0-9])/, // Twilio
  // A JWT begins only where its run of characters does, or `eyJ-eyJ-...` would be scanned again from each.
  /(?<![_-])eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*/,
])

export const NAMED_KEYS = keys([
  /gh[pousr]_[A-Za-z0-9]{20,}/, // GitHub
  /github_pat_[A-Za-z0-9_]{20,}/,
  /(?:xoxe\.)?xox[abeprs]-[A-Za-z0-9-]{10,}/, // Slack
  /[sr]k_(?:live|test)_[A-Za-z0-9]{10,}/, // Stripe
  /whsec_[A-Za-z0-9]{20,}/,
  /hf_[A-Za-z0-9]{30,}/, // Hugging Face
  /npm_[A-Za-z0-9]{30,}/,
  /gsk_[A-Za-z0-9]{20,}/, // Groq
  /xai-[A-Za-z0-9]{20,}/,
  /r8_[A-Za-z0-9]{20,}/, // Replicate
  /pplx-[A-Za-z0-9]{20,}/, // Perplexity
  /nvapi-[A-Za-z0-9_-]{20,}/, // NVIDIA
])

export const SERVICE_KEYS = keys([
  // Models and what is built around them.
  /api_org_[A-Za-z0-9]{30,}/, // Hugging Face, of an organisation
  /csk-[A-Za-z0-9]{30,}/, // Cerebras
  /tgp_v1_[A-Za-z0-9_-]{30,}/, // Together
  /fw_[A-Za-z0-9]{20,}/, // Fireworks
  /sk_[A-Za-z0-9]{40,}/, // ElevenLabs
  /pcsk_[A-Za-z0-9_]{30,}/, // Pinecone
  /lsv2_(?:pt|sk)_[A-Za-z0-9_]{32,}/, // LangSmith
  /jina_[A-Za-z0-9_-]{40,}/,
  /tvly-(?:dev-|prod-)?[A-Za-z0-9]{24,}/, // Tavily
  /fc-[0-9a-f]{32}[A-Za-z0-9]*/, // Firecrawl
  /e2b_[A-Za-z0-9]{30,}/,
  /rpa_[A-Za-z0-9]{30,}/, // RunPod
  // Clouds and where things run.
  /ya29\.[A-Za-z0-9_-]{20,}/, // Google OAuth
  /GOCSPX-[A-Za-z0-9_-]{20,}/,
  /ABSK[A-Za-z0-9+/]{60,}={0,2}/, // Amazon Bedrock
  /bedrock-api-key-[A-Za-z0-9+/_-]{40,}={0,2}/,
  /[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,}/, // Azure application
  /LTAI[A-Za-z0-9]{12,}/, // Alibaba
  /AKID[A-Za-z0-9]{28,}/, // Tencent
  /d(?:op|oo|or)_v1_[A-Za-z0-9]{60,}/, // DigitalOcean
  /HRKU-[A-Za-z0-9_-]{30,}/, // Heroku
  /nfp_[A-Za-z0-9]{30,}/, // Netlify
  /rnd_[A-Za-z0-9]{28,}/, // Render
  /dapi[0-9a-f]{32}[A-Za-z0-9]*/, // Databricks
  /pscale_(?:tkn|pw|oauth)_[A-Za-z0-9._=-]{30,}/, // PlanetScale
  /sbp_[A-Za-z0-9_]{40,}/, // Supabase
  /sb_secret_[A-Za-z0-9_-]{20,}/,
  /hv[sbr]\.[A-Za-z0-9_-]{24,}/, // Vault
  /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}/, // Terraform
  /pul-[A-Za-z0-9]{40,}/, // Pulumi
  /dp\.(?:ct|pt|st|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,}/, // Doppler
  /ops_eyJ[A-Za-z0-9_-]{40,}={0,2}/, // 1Password
  /AGE-SECRET-KEY-1[A-Za-z0-9]{50,}/,
  // Code and packages.
  /gl(?:dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]+)*/, // GitLab
  /AT[AC]TT3[A-Za-z0-9_=-]{40,}/, // Atlassian
  /ATBB[A-Za-z0-9]{24,}/, // Bitbucket
  /pypi-[A-Za-z0-9_-]{50,}/,
  /rubygems_[A-Za-z0-9]{40,}/,
  /dckr_[po]at_[A-Za-z0-9_-]{24,}/, // Docker
  /sq[upa]_[A-Za-z0-9]{40,}/, // SonarQube
  /PMAK-[A-Za-z0-9]{24}-[A-Za-z0-9]{34,}/, // Postman
  // Observability.
  /NRAK-[A-Za-z0-9]{24,}/, // New Relic
  /glsa_[A-Za-z0-9]{32}_[A-Za-z0-9]{8,}/, // Grafana
  /glc_eyJ[A-Za-z0-9+/=_-]{30,}/,
  /sntrys_[A-Za-z0-9+/=_-]{40,}/, // Sentry
  /sntryu_[A-Za-z0-9]{60,}/,
  /phx_[A-Za-z0-9]{40,}/, // PostHog
  // Messages, shops and offices.
  /xapp-[A-Za-z0-9-]{20,}/, // Slack
  /[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}/, // Telegram
  /[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}/, // Discord
  /key-[0-9a-f]{32}[A-Za-z0-9]*/, // Mailgun
  /[0-9a-f]{32}-us[0-9]{1,2}[A-Za-z0-9]*/, // Mailchimp
  /re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}/, // Resend
  /shp(?:at|ca|pa|ss)_[A-Za-z0-9]{32,}/, // Shopify
  /sq0(?:atp|csp)-[A-Za-z0-9_-]{20,}/, // Square
  /lin_(?:api|oauth)_[A-Za-z0-9]{40,}/, // Linear
  /ntn_[A-Za-z0-9]{40,}/, // Notion
  /secret_[A-Za-z0-9]{43,}/,
  /fig[du]_[A-Za-z0-9_-]{36,}/, // Figma
  /pat[A-Za-z0-9]{14}\.[A-Za-z0-9]{60,}/, // Airtable
  /sl\.(?:u\.)?[A-Za-z0-9_-]{60,}/, // Dropbox
])
