// Swagger UI in the place of the plain list of addresses on /api/docs/.
(() => {
  "use strict";
  const place = document.getElementById("swagger-ui");
  const { schema, csrfToken } = place.dataset;
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");

  function followTheme() {
    root.classList.toggle("dark-mode", (root.dataset.theme || (device.matches ? "dark" : "light")) === "dark");
  }

  followTheme();
  device.addEventListener("change", followTheme);
  SwaggerUIBundle({
    domNode: place,
    url: schema,
    // Addresses can be linked to, and nothing is asked of another host.
    deepLinking: true,
    validatorUrl: null,
    defaultModelsExpandDepth: 0,
    // The page has a heading of its own.
    plugins: [() => ({ wrapComponents: { InfoContainer: () => () => null } })],
    requestInterceptor(request) {
      // For whoever is signed in on the site.
      if (new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = csrfToken;
      return request;
    },
  });
})();
