// Before anything is drawn, so that nothing flashes.
(() => {
  const theme = localStorage.getItem('zoetrope.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();
