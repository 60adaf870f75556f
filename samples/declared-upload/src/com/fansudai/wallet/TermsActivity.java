package com.fansudai.wallet;

import android.app.Activity;
import android.os.Bundle;
import android.webkit.WebView;

public class TermsActivity extends Activity {
  private static final String PAGE = "https://www.fansudai.example/h5/privacy.html";

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    WebView page = new WebView(this);
    setContentView(page);
    page.loadUrl(PAGE);
  }
}
