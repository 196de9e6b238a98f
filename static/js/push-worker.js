// Receives push messages and shows them; a press opens the page that the message is about. Served as /sw.js.
"use strict";

self.addEventListener("push", (event) => {
  let note = {};
  try { note = event.data.json(); } catch { return; }
  if (!note.title) return;
  event.waitUntil(self.registration.showNotification(note.title, {
    body: note.text || "",
    // A message that comes twice is shown once.
    tag: note.id,
    icon: "/static/touch-icon.png",
    data: { path: note.path },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data?.path || "/messages/", self.location.origin);
  // Into this site only, whatever a message says.
  const url = target.origin === self.location.origin ? target.href : self.location.origin + "/messages/";
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const same = open.find((one) => one.url === url);
    if (same) return same.focus();
    return self.clients.openWindow(url);
  })());
});
