// Runs beside the directory's page. It reads what the page itself asked for and received, and tells it as an event.
// It asks for nothing, and neither headers nor cookies nor guards are touched: every call goes on as the page made it.
(() => {
  "use strict";
  const PATH = "/api/data";
  const LONGEST = 5_000_000;
  const EVENT = "platzlotse-answer";

  const isAnswer = (address) => {
    try {
      const url = new URL(address, location.href);
      return url.origin === location.origin && url.pathname.endsWith(PATH);
    } catch {
      return false;
    }
  };
  const tell = (status, text) => {
    const detail = text.length > LONGEST ? "0 " : `${status} ${text}`;
    document.dispatchEvent(new CustomEvent(EVENT, { detail }));
  };

  const fetched = window.fetch;
  window.fetch = function (...parts) {
    const coming = Reflect.apply(fetched, this ?? window, parts);
    coming.then(
      (answer) => {
        if (isAnswer(answer.url)) answer.clone().text().then((text) => tell(answer.status, text), () => {});
      },
      () => {},
    );
    return coming;
  };

  const send = XMLHttpRequest.prototype.send;
  const textOf = (request) => {
    if (request.responseType === "" || request.responseType === "text") return Promise.resolve(request.responseText);
    if (request.responseType === "json") return Promise.resolve(JSON.stringify(request.response));
    return new Response(request.response).text();
  };
  XMLHttpRequest.prototype.send = function (...parts) {
    this.addEventListener("load", () => {
      if (isAnswer(this.responseURL)) textOf(this).then((text) => tell(this.status, text), () => {});
    });
    return Reflect.apply(send, this, parts);
  };
})();
