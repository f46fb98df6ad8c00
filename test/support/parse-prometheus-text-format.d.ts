// The package has no types of its own; this is what the tests read of it.

declare module 'parse-prometheus-text-format' {
  type Metric = { readonly value: string; readonly labels?: Readonly<Record<string, string>> };
  type Family = {
    readonly name: string;
    readonly type: string;
    readonly metrics: readonly Metric[];
  };
  export default function parsePrometheusTextFormat(text: string): Family[];
}
