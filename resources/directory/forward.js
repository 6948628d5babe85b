// Runs in a world of its own, which the page cannot reach: hands the texts of the events to the program.
(() => {
  "use strict";
  const waiting = [];
  let hand = (text) => waiting.push(text);
  document.addEventListener("platzlotse-answer", (event) => hand(String(event.detail)));
  new QWebChannel(qt.webChannelTransport, (channel) => {
    hand = (text) => channel.objects.answers.take(text);
    for (const text of waiting.splice(0)) hand(text);
  });
})();
