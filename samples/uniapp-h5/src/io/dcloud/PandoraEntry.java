package io.dcloud;

import android.app.Activity;
import android.os.Bundle;
import android.webkit.WebView;
import io.dcloud.feature.contacts.ContactsFeatureImpl;

public class PandoraEntry extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    WebView page = new WebView(this);
    page.getSettings().setJavaScriptEnabled(true);
    page.addJavascriptInterface(new ContactsFeatureImpl(this), "_bridge");
    setContentView(page);
    page.loadUrl("file:///android_asset/apps/__UNI__7C21E5A/www/__uniappview.html");
  }
}
