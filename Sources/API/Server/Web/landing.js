// The examples show the address that this page was opened with, so that they can be copied as they stand.

for (const place of document.querySelectorAll("[data-origin]")) place.textContent = location.origin;
