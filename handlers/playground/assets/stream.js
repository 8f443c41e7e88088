// Follows the stream of an account, for as long as the page is open.

const pause = 2000; // ms before a stream that the browser gave up is opened again

/** Calls on.reset(messages) at each connection, and on.message(message) after it. */
export function follow(page, words, on) {
  const address = "/playground/stream?" +
    new URLSearchParams({ organisation: page.organisation, person: page.person, lang: page.lang });
  const status = document.getElementById("connection");
  let lost = false;

  const back = () => {
    if (!lost) return;
    lost = false;
    status.textContent = words.connected;
    setTimeout(() => !lost && (status.textContent = ""), 4000);
  };
  const away = (text) => {
    lost = true;
    if (status.textContent !== text) status.textContent = text;
  };

  const open = () => {
    const source = new EventSource(address);
    source.addEventListener("reset", (event) => {
      back();
      on.reset(JSON.parse(event.data).messages);
    });
    source.addEventListener("message", (event) => on.message(JSON.parse(event.data)));
    source.addEventListener("error", async () => {
      away(words.lost);
      if (source.readyState !== EventSource.CLOSED) return;
      away(await why(address, words));
      setTimeout(open, pause);
    });
  };
  open();
}

/** The browser does not say why a stream was refused; the server does. */
async function why(address, words) {
  try {
    const { status } = await fetch(address, { method: "HEAD" });
    return { 401: words.session, 404: words.gone }[status] ?? words.lost;
  } catch {
    return words.lost;
  }
}
