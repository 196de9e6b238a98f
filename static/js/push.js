// Asks the browser for push and sends what it answers by the page's own form. Without this, the form stays hidden.
(() => {
  "use strict";
  const form = document.getElementById("push");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const button = form.querySelector("button");
  const words = document.getElementById("push-words");
  const key = Uint8Array.from(atob(form.dataset.key.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const isSame = (subscription) => {
    const known = subscription.options?.applicationServerKey;
    return !known || text(known) === text(key);
  };

  async function ask() {
    const answer = await Notification.requestPermission();
    if (answer !== "granted") { words.textContent = form.dataset.refused; return; }
    const registration = await navigator.serviceWorker.register(form.dataset.worker);
    await navigator.serviceWorker.ready;
    let subscription = await registration.pushManager.getSubscription();
    // Made with keys that the site had before.
    if (subscription && !isSame(subscription)) { await subscription.unsubscribe(); subscription = null; }
    subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    form.elements.endpoint.value = subscription.endpoint;
    form.elements.p256dh.value = text(subscription.getKey("p256dh"));
    form.elements.auth.value = text(subscription.getKey("auth"));
    form.submit();
  }

  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    button.setAttribute("aria-busy", "true");
    try { await ask(); } catch { words.textContent = form.dataset.failed; }
    button.removeAttribute("aria-busy");
  });
})();
