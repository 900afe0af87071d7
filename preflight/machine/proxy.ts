/** Whether a proxy stands between this machine and an address. The preflight does not use proxies, unlike the programs it asks for. */

/** The setting that names the proxy, by the rules of Go programs, such as the providers; undefined if there is none. */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const names = url.protocol === "https:" ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  const proxy = names.map((name) => environment[name]).find((value) => value);
  return !proxy || excluded(url.hostname, environment.NO_PROXY ?? environment.no_proxy ?? "") ? undefined : names[0];
}

/** Ranges in NO_PROXY are not read: an address that they exclude is listed as not asked, which blocks nothing. */
function excluded(host: string, noProxy: string): boolean {
  if (host === "localhost" || /^127\./.test(host) || host === "[::1]") return true;
  const entries = noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase().replace(/:\d+$/, ""))
    .filter((entry) => entry !== "");
  return entries.some((entry) => entry === "*" || host === entry || host.endsWith(entry.startsWith(".") ? entry : `.${entry}`));
}

export function refuseProxy(url: URL): void {
  const setting = proxyFor(url);
  if (setting) throw new Error(`${url.hostname} is behind a proxy here (${setting}), and the preflight does not use proxies`);
}
