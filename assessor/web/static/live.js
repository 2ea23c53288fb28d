// A run as it stands: what the server shows of it takes the place of what it showed before. The run goes on without us.
// Without this script the page looks again every five seconds.
"use strict";
const live = document.getElementById("live"), lost = document.getElementById("lost");

function watch() {
  const source = new EventSource(live.dataset.from);
  source.addEventListener("live", (event) => { live.innerHTML = event.data; lost.hidden = true; });
  source.addEventListener("over", () => { source.close(); location.reload(); });
  source.onerror = () => {
    lost.hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(watch, 3000);  // an answer that was none: the browser gives up
  };
}
if (live && "EventSource" in window) watch();
